"""Files of a form: what is wanted, what was given, and taking new ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.errors import Fault, Refused
from portal.materials.selectors import MaterialRow, material_by_id
from portal.materials.services import LARGEST, accept
from portal.web.form_rules import Wanted
from portal.web.with_faults import Pointed

FILES = "files"
KILO = 1024


@dataclass(frozen=True)
class Slot:
    """A place for one file: what is wanted, what is there, what is wrong with it, why it was returned."""

    wanted: Wanted
    given: MaterialRow | None
    error: str
    reasons: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the file is called."""
        return self.wanted.title

    @property
    def hint(self) -> str:
        """What the file must be like."""
        return limits_in_words(self.wanted)


def slots_of(
    wanted: Iterable[Wanted],
    ids: Iterable[Any],
    faults: Iterable[Fault],
    reasons: dict[str, tuple[str, ...]] | None = None,
) -> list[Slot]:
    """A slot for each wanted file, with the given ones and their faults."""
    given = _given(ids)
    said = {fault.field.removeprefix("materials."): str(fault.sentence) for fault in faults}
    why = reasons or {}
    return [Slot(one, given.get(one.kind), said.get(one.kind, ""), why.get(one.kind, ())) for one in wanted]


def point_at(slots: Iterable[Slot]) -> list[Pointed]:
    """The faulty files for the summary."""
    return [Pointed(f"#q-{slot.wanted.kind}", slot.title, slot.error) for slot in slots if slot.error]


def read_uploads(
    request: HttpRequest, wanted: Iterable[Wanted], owner_id: int, before: Iterable[Any], now: datetime
) -> tuple[list[int], list[Fault]]:
    """The ids of the files to hand in, new ones in place of those before; and what was wrong with new ones."""
    given, faults = {kind: row.id for kind, row in _given(before).items()}, []
    for one in wanted:
        sent = request.FILES.get(one.kind)
        if not isinstance(sent, UploadedFile):
            continue
        try:
            content = sent.read(LARGEST + 1)
            given[one.kind] = accept(owner_id=owner_id, kind=one.kind, content=content, now=now).pk
        except Refused as refusal:
            faults.append(Fault(f"materials.{one.kind}", refusal.code, refusal.sentence))
    return list(given.values()), faults


def limits_in_words(wanted: Wanted) -> str:
    """“JPEG，114×156 像素，不超过 20 KB”."""
    words = ["/".join(form.upper() for form in wanted.formats)] if wanted.formats else []
    if wanted.width and wanted.height:
        words.append(_("%(width)s×%(height)s pixels") % {"width": wanted.width, "height": wanted.height})
    if wanted.max_bytes:
        words.append(_size_limit(wanted.max_bytes))
    return _(", ").join(words)


def _size_limit(most: int) -> str:
    below = (most + 1) % KILO == 0  # 20,479 bytes are "less than 20 KB"
    template = _("less than %(size)s") if below else _("at most %(size)s")
    return template % {"size": size_in_words(most + 1 if below else most)}


def size_in_words(size: int) -> str:
    """“20 KB”, “2 MB”."""
    return f"{size // KILO // KILO} MB" if size >= KILO * KILO else f"{size // KILO} KB"


def _given(ids: Iterable[Any]) -> dict[str, MaterialRow]:
    rows: dict[str, MaterialRow] = {}
    for number in ids:
        try:
            row = material_by_id(int(number))
        except Refused:
            continue
        rows[row.kind] = row
    return rows
