"""The one error of FEEL: a sentence an analyst can act on, and where in the text it applies."""

from typing import Any

from orchestrator.errors import EngineError

SENTENCES = {
    "text_too_long": "The expression has {length} characters; at most {limit} are allowed.",
    "nested_too_deep": "The expression is nested deeper than {limit} levels; split it into smaller ones.",
    "too_much_work": "The expression needs more than {limit} steps; shorten its lists or loops.",
    "value_too_long": "A text longer than {limit} characters would come out here.",
    "empty": "The expression is empty.",
    "unknown_character": "The character “{character}” has no meaning in FEEL.",
    "chinese_punctuation": "“{character}” is Chinese punctuation; FEEL needs “{instead}” here.",
    "write_instead": "FEEL has no “{found}”; write “{instead}”.",
    "open_string": "The text that begins here has no closing quotation mark.",
    "open_comment": "The comment that begins here has no closing */.",
    "bad_escape": "“{found}” is no escape that FEEL knows in a text; for a backslash write two.",
    "bad_literal": "“{found}” is no date, time, date and time or duration.",
    "missing_operator": "An operator is missing before “{found}”, or “{joined}” is not a known name.",
    "unexpected": "“{found}” is not expected here.",
    "unexpected_end": "The expression ends too early; something is missing at its end.",
    "unknown_type": "“{found}” is not a FEEL type.",
    "duplicate_key": "The key “{name}” occurs twice in this context.",
    "unknown_name": "There is no variable named “{name}”.",
    "unknown_function": "There is no function named “{name}”.",
    "not_a_function": "“{name}” is not a function.",
    "wrong_arguments": "The function “{name}” cannot be called like this; it takes {signature}.",
    "refused_arguments": "The function “{name}” cannot work with these values: {reason}.",
    "named_arguments": "The function “{name}” takes its arguments by position, not by name.",
    "unreadable_value": "A value of the type {type} cannot be used in FEEL.",
    "unsafe_pattern": "The pattern “{pattern}” is wrong or could take very long; write a simpler one.",
}

CHINESE = {
    "text_too_long": "表达式有 {length} 个字符，最多允许 {limit} 个。",
    "nested_too_deep": "表达式嵌套超过 {limit} 层，请拆成几个较小的表达式。",
    "too_much_work": "表达式需要超过 {limit} 步计算，请缩短列表或循环。",
    "value_too_long": "这里会得出超过 {limit} 个字符的文本。",
    "empty": "表达式是空的。",
    "unknown_character": "FEEL 不认识字符“{character}”。",
    "chinese_punctuation": "“{character}”是中文标点，FEEL 这里要写半角的“{instead}”。",
    "write_instead": "FEEL 没有“{found}”，请写“{instead}”。",
    "open_string": "从这里开始的文本缺少结尾的引号。",
    "open_comment": "从这里开始的注释缺少结尾的 */。",
    "bad_escape": "文本里的“{found}”不是 FEEL 认识的转义；要写反斜杠请连写两个。",
    "bad_literal": "“{found}”不是日期、时间、日期时间或时长。",
    "missing_operator": "“{found}”前面缺少运算符，或者没有名为“{joined}”的变量。",
    "unexpected": "这里不应出现“{found}”。",
    "unexpected_end": "表达式没有写完。",
    "unknown_type": "“{found}”不是 FEEL 的类型。",
    "duplicate_key": "键“{name}”在这个上下文里出现了两次。",
    "unknown_name": "没有名为“{name}”的变量。",
    "unknown_function": "没有名为“{name}”的函数。",
    "not_a_function": "“{name}”不是函数。",
    "wrong_arguments": "函数“{name}”不能这样调用，它的写法是 {signature}。",
    "refused_arguments": "函数“{name}”无法处理这些值：{reason}。",
    "named_arguments": "函数“{name}”只能按位置给参数，不能按名称。",
    "unreadable_value": "FEEL 不能使用类型为 {type} 的值。",
    "unsafe_pattern": "模式“{pattern}”有错误，或可能运行很久，请写得简单些。",
}


class FeelError(EngineError):
    """The expression cannot be read or evaluated.

    Shape: `sentence` (English), `position` (characters from the start of the text, 0-based), `code`
    (stable), `template` and `params` (for a translation of the sentence).
    """

    code = "feel"

    def __init__(self, sentence: str, position: int = 0, code: str = "feel", **params: Any) -> None:
        self._sentence = sentence
        self.position = position
        self.code = code
        super().__init__(**params)

    @property
    def sentence(self) -> str:
        """The sentence in English with its parameters filled in."""
        return self._sentence

    @property
    def template(self) -> str:
        """The sentence with its parameters still in braces, as a key for translations."""
        return SENTENCES.get(self.code, self.sentence)

    @property
    def chinese(self) -> str:
        """The sentence in Chinese with its place; in English if it came from outside FEEL."""
        if self.code not in CHINESE:
            return str(self)
        return f"{CHINESE[self.code].format(**self.params)}（第 {self.position + 1} 个字符）"

    def __str__(self) -> str:
        return f"{self.sentence} (at character {self.position + 1})"


def fault(code: str, position: int = 0, **params: Any) -> FeelError:
    """Build the error of this code with its sentence filled in."""
    return FeelError(SENTENCES[code].format(**params), position, code, **params)
