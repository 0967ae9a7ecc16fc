"""Text to tokens: knows the names with spaces, and which bracket opens or closes an interval."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from lark import Token

from orchestrator.feel.errors import fault

KEYWORDS = {
    "and": "_AND",
    "or": "_OR",
    "if": "_IF",
    "then": "_THEN",
    "else": "_ELSE",
    "for": "_FOR",
    "in": "_IN",
    "return": "_RETURN",
    "some": "SOME",
    "every": "EVERY",
    "satisfies": "_SATISFIES",
    "between": "_BETWEEN",
    "function": "_FUNCTION",
    "true": "TRUE",
    "false": "FALSE",
    "null": "NULL",
}
SYMBOLS = {
    "..": "_DOTDOT",
    "**": "POW",
    "<=": "COMPARE",
    ">=": "COMPARE",
    "!=": "COMPARE",
    "<": "COMPARE",
    ">": "COMPARE",
    "=": "COMPARE",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "(": "_LPAR",
    ")": "_RPAR",
    "[": "_LBRACKET",
    "]": "_RBRACKET",
    "{": "_LBRACE",
    "}": "_RBRACE",
    ",": "_COMMA",
    ":": "_COLON",
    ".": "_DOT",
    "@": "_AT",
}
PROPERTIES = ("time offset", "start included", "end included")
TYPES = ("date and time", "days and time duration", "years and months duration", "day time duration")
INSTEAD = {"==": "=", "&&": "and", "||": "or", "<>": "!=", "!": "not(…)", "'": '"'}
CHINESE = dict(zip("“”‘’，。（）：；【】《》＝＋－＞＜｛｝", '""""' + ",.():;[]<>=+-><{}", strict=True))
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "/": "/", "b": "\b", "f": "\f"}
OPENING = {"_LPAR", "_LBRACKET", "_LBRACE"}
CLOSING = {"_RPAR", "_RBRACKET", "_RBRACE"}
OPERAND_END = CLOSING | {"NAME", "NUMBER", "STRING", "TRUE", "FALSE", "NULL", "TYPE", "_CLOSE_INTERVAL"}
OPERAND_START = (
    {"NAME", "NUMBER", "STRING", "_AT", "TRUE", "FALSE", "NULL", "MINUS"}
    | {"_IF", "_FOR", "SOME", "EVERY", "_FUNCTION"}
    | OPENING
)

_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*+", re.S)
_NUMBER = re.compile(r"(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][+-]?\d++)?", re.A)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.S)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.S)
_WORD = re.compile(r"[^\W\d]\w*+|\?")
_WORDS = re.compile(r"[^\W\d]\w*+(?:\s++\w++)*+")
_KEY = re.compile(r"([^\W\d]\w*+(?:\s++\w++)*+)\s*+:")
_BINDING = re.compile(r"([^\W\d]\w*+(?:\s++\w++)*?)\s++in(?!\w)")
_INSTANCE_OF = re.compile(r"instance\s++of(?!\w)")
_SYMBOL = re.compile("|".join(re.escape(symbol) for symbol in SYMBOLS))
_PIECES = re.compile(r"\w+|[^\w\s]")


class Vocabulary:
    """Names that are more than one word, found by their first word, the longest first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for name in sorted(names, key=len):
            self.learn(name)

    def learn(self, name: str) -> None:
        """Know this name from now on."""
        pieces = _PIECES.findall(name)
        if len(pieces) > 1 and _WORD.match(pieces[0]):
            self._names.setdefault(pieces[0], []).insert(0, (_spelling(pieces), " ".join(name.split())))

    def longest(self, word: str, text: str, at: int) -> tuple[str, int] | None:
        """Find the longest known name that begins here with this word, and where it ends."""
        found = [
            (match.end(), name) for spelling, name in self._names.get(word, ()) if (match := spelling.match(text, at))
        ]
        return max(((name, end) for end, name in found), key=lambda hit: hit[1], default=None)

    def copy(self) -> "Vocabulary":
        """Make one that can learn without changing this one."""
        other = Vocabulary(())
        other._names = {word: list(names) for word, names in self._names.items()}
        return other


def _spelling(pieces: list[str]) -> re.Pattern[str]:
    spelled = re.escape(pieces[0])
    for left, right in pairwise(pieces):
        both_words = left[-1].isalnum() and right[0].isalnum()
        spelled += (r"\s+" if both_words else r"\s*") + re.escape(right)
    return re.compile(spelled + (r"(?!\w)" if re.match(r"\w", pieces[-1]) else ""))


@lru_cache(maxsize=256)
def vocabulary(names: frozenset[str]) -> Vocabulary:
    """The vocabulary of these names, to be copied before it learns."""
    return Vocabulary(names)


def tokens(text: str, names: frozenset[str]) -> list[Token]:
    """Cut the text into tokens for the grammar.

    Raises: FeelError where the text has characters that FEEL does not know.
    """
    scanner = _Scanner(text, vocabulary(names).copy())
    scanner.scan()
    return _mark_intervals(scanner.tokens)


def mark_tests(cut: list[Token]) -> list[Token]:
    """Mark a lone `-` and a `not(…)` around everything as what they are in a unary test."""
    if [token.type for token in cut] == ["MINUS"]:
        return [_retype(cut[0], "_ANY")]
    if len(cut) > 3 and cut[0] == "not" and cut[1].type == "_LPAR" and _closing(cut, 1) == len(cut) - 1:
        return [_retype(cut[0], "_NOT"), *cut[1:]]
    return cut


def _closing(cut: list[Token], opening: int) -> int:
    level = 0
    for index in range(opening, len(cut)):
        level += (cut[index].type in OPENING) - (cut[index].type in CLOSING)
        if level == 0:
            return index
    return -1


def _retype(token: Token, type_: str) -> Token:
    return Token(type_, token.value, token.start_pos)


def _mark_intervals(cut: list[Token]) -> list[Token]:
    # `]1..5[` opens and closes with the wrong brackets; where an operand must or cannot stand tells which.
    marked: list[Token] = []
    dots: list[bool] = [False]
    for index, token in enumerate(cut):
        token = _interval_bracket(token, marked, dots[-1], cut[index + 1 :][:1])
        marked.append(token)
        if token.type in OPENING or token.type == "_OPEN_INTERVAL":
            dots.append(False)
        elif (token.type in CLOSING or token.type == "_CLOSE_INTERVAL") and len(dots) > 1:
            dots.pop()
        elif token.type in ("_DOTDOT", "_RETURN", "_COMMA"):
            dots[-1] = token.type == "_DOTDOT"
    return marked


def _interval_bracket(token: Token, before: list[Token], dots: bool, after: list[Token]) -> Token:
    previous = before[-1].type if before else ""
    if token.type == "_RBRACKET" and previous not in OPERAND_END and previous != "_LBRACKET":
        return _retype(token, "_OPEN_INTERVAL")
    follows_operand = bool(after) and after[0].type in OPERAND_START
    if token.type == "_LBRACKET" and dots and previous in OPERAND_END and not follows_operand:
        return _retype(token, "_CLOSE_INTERVAL")
    return token


class _Scanner:
    def __init__(self, text: str, known: Vocabulary) -> None:
        self.text = text
        self.at = 0
        self.known = known
        self.tokens: list[Token] = []
        self.brackets: list[str] = []
        self.loops: list[int] = []

    def scan(self) -> None:
        self._skip_blank()
        while self.at < len(self.text):
            self._next()
            self._skip_blank()

    def _skip_blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        if self.text.startswith("/*", self.at):
            raise fault("open_comment", self.at)

    def _next(self) -> None:
        if word := _WORD.match(self.text, self.at):
            self._word(word.group())
        elif self.text[self.at] == '"':
            self._string()
        elif number := _NUMBER.match(self.text, self.at):
            self._emit("NUMBER", number.group(), number.end())
        elif self.text[self.at : self.at + 2] in INSTEAD:
            raise self._unknown()
        elif symbol := _SYMBOL.match(self.text, self.at):
            self._symbol(symbol.group())
        else:
            raise self._unknown()

    def _unknown(self) -> Exception:
        character = self.text[self.at]
        for found in (self.text[self.at : self.at + 2], character):
            if found in INSTEAD:
                return fault("write_instead", self.at, found=found, instead=INSTEAD[found])
        if character in CHINESE:
            return fault("chinese_punctuation", self.at, character=character, instead=CHINESE[character])
        return fault("unknown_character", self.at, character=character)

    def _emit(self, type_: str, value: str, end: int) -> None:
        self.tokens.append(Token(type_, value, self.at))
        self.at = end

    def _previous(self) -> str:
        return self.tokens[-1].type if self.tokens else ""

    def _inside(self) -> str:
        return self.brackets[-1] if self.brackets else ""

    def _symbol(self, symbol: str) -> None:
        type_ = SYMBOLS[symbol]
        if type_ in OPENING:
            self.brackets.append("PARAMETERS" if self._previous() == "_FUNCTION" else type_)
        elif type_ in CLOSING and self.brackets:
            self.brackets.pop()
        elif type_ == "_COLON" and self._previous() == "STRING":
            self.known.learn(self.tokens[-1].value)
        self._emit(type_, symbol, self.at + len(symbol))

    def _string(self) -> None:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise fault("open_string", self.at)
        self._emit("STRING", _ESCAPE.sub(self._escape, match.group(1)), match.end())

    def _escape(self, match: re.Match[str]) -> str:
        escaped = match.group(1)
        if len(escaped) > 1 and int(escaped[1:], 16) < 0x110000:
            return chr(int(escaped[1:], 16))
        if escaped not in ESCAPES:
            raise fault("bad_escape", self.at + 1 + match.start(), found=match.group())
        return ESCAPES[escaped]

    def _word(self, word: str) -> None:
        previous = self._previous()
        if previous == "_INSTANCE_OF" or (previous == "_COLON" and self._inside() == "PARAMETERS"):
            self._type(word)
        elif not self._declaration(previous):
            self._reading(word, previous)

    def _declaration(self, previous: str) -> bool:
        # A name that the text itself introduces may have spaces without being known before.
        inside, match = self._inside(), None
        opens = previous in ("_LPAR", "_LBRACE", "_COMMA")
        if opens and inside in ("_LPAR", "_LBRACE", "PARAMETERS"):
            match = _KEY.match(self.text, self.at)
        if match is None and opens and inside == "PARAMETERS":
            match = _WORDS.match(self.text, self.at)
        if match is None and self._in_loop_head(previous):
            match = _BINDING.match(self.text, self.at)
        if match is None:
            return False
        self._introduce(match.group(match.lastindex or 0))
        return True

    def _in_loop_head(self, previous: str) -> bool:
        if previous in ("_FOR", "SOME", "EVERY"):
            return True
        return previous == "_COMMA" and bool(self.loops) and self.loops[-1] == len(self.brackets)

    def _introduce(self, written: str) -> None:
        name = " ".join(written.split())
        self.known.learn(name)
        self._emit("NAME", name, self.at + len(written))

    def _reading(self, word: str, previous: str) -> None:
        known = self.known.longest(word, self.text, self.at)
        if known is None and previous == "_DOT":
            known = _PROPERTY_NAMES.longest(word, self.text, self.at)
        if known:
            self._emit("NAME", *known)
        elif previous == "_DOT":
            self._emit("NAME", word, self.at + len(word))
        elif instance := _INSTANCE_OF.match(self.text, self.at):
            self._emit("_INSTANCE_OF", "instance of", instance.end())
        else:
            self._keyword(word)

    def _keyword(self, word: str) -> None:
        type_ = KEYWORDS.get(word, "NAME")
        if type_ in ("_FOR", "SOME", "EVERY"):
            self.loops.append(len(self.brackets))
        elif type_ in ("_RETURN", "_SATISFIES") and self.loops:
            self.loops.pop()
        self._emit(type_, word, self.at + len(word))

    def _type(self, word: str) -> None:
        known = _TYPE_NAMES.longest(word, self.text, self.at)
        name, end = known or (word, self.at + len(word))
        if self.text[end : end + 1] == "<":
            end = self._type_end(end)
            name += "".join(self.text[self.at + len(word) : end].split())
        self._emit("TYPE", name, end)

    def _type_end(self, at: int) -> int:
        level = 0
        for index in range(at, len(self.text)):
            level += (self.text[index] == "<") - (self.text[index] == ">")
            if level == 0:
                return index + 1
        raise fault("unknown_type", at, found=self.text[at : at + 20])


_TYPE_NAMES = Vocabulary(TYPES)
_PROPERTY_NAMES = Vocabulary(PROPERTIES)
