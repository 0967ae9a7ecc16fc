"""Checks what is submitted against form and policy: every fault at once (一次性告知), none one by one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator, FormatChecker

from orchestrator import api as engine
from portal import errors
from portal.accountants.selectors import AccountantRow
from portal.applications import facts
from portal.applications.models import Application, Process
from portal.errors import Fault, Refused, Sentence, refuse_faults
from portal.jurisdictions.selectors import destinations, division_by_path, office_for, provinces
from portal.materials.models import Material

errors.declare(
    errors.CONFLICT,
    collected_already=_("Your information has been collected already. You need not collect it again."),
    collect_first=_("Complete the information collection first."),
    file_in_transfer=_("Your file is being transferred out; changes and continuing education are view only."),
    transfer_out_first=_("Your file is kept in %(province)s. Apply there to transfer it out first."),
    kept_here=_("Your file is kept here already. A transfer in is not needed."),
)

CODES: dict[str, Sentence] = {
    "no_collection_needed": _("You need not be collected: you neither work in accounting nor hold a certificate."),
    "shenzhen": _("Accountants of Shenzhen use the Shenzhen platform."),
    "central_unit": _("Staff of central units are managed by their central body."),
    "student_unqualified": _("A student without a certificate need not be collected."),
    "province_level_reserved": _("Only staff of provincial bodies and enterprises may choose the province level."),
    "transfer_instead": _("Your file is in another province. Apply for a transfer instead."),
    "unknown_division": _("Choose a division from the list."),
    "unknown_destination": _("Choose a destination from the list."),
    "division_elsewhere": _("This division belongs to another province."),
    "no_place_name": _("Write the name of the place in Chinese characters only."),
    "fixed_in_correction": _("This cannot be changed in a correction. Withdraw and apply again."),
    "no_receiving_office": _("This place does not fit your employment. Choose another one."),
    "offer_not_open": _("The other province's transfer is no longer open."),
    "province_mismatch": _("The transfer was made to another province."),
    "division_mismatch": _("The division differs from the one given when transferring out."),
    "not_found": _("No transfer out to this province was found."),
    "not_collected": _("Complete the information collection first."),
    "open_claims": _("A credit claim is still open. End it first."),
    "open_ce_records": _("A continuing education record is still under review."),
    "other_transfer_open": _("Another transfer is still open."),
    "not_accounting_work": _("Only people working in accounting here can transfer out."),
    "same_province": _("The destination is your own province."),
}

FORMATS = FormatChecker()
PLACES = {"division", "destination", "destination_division"}
PLACE_NAME = re.compile(r"[\u4e00-\u9fff]{2,30}")


@dataclass(frozen=True)
class Checked:
    """A submission without faults: form data, process variables, files, the day an answer can be expected."""

    data: Mapping[str, Any]
    variables: Mapping[str, Any]
    material_ids: tuple[int, ...]
    expected_on: date


@dataclass(frozen=True)
class _Submission:
    process: Process
    person: AccountantRow
    given: Mapping[str, Any]
    context: Mapping[str, Any]
    version: int
    now: datetime
    case: str | None

    def ask(self, decision: str, **more: Any) -> Any:
        return engine.ask(self.process, decision, {**self.context, **more}, self.now, self.version).value

    def form(self) -> dict[str, Any]:
        return _form(self.version, self.process)


def check(
    process: Process,
    person: AccountantRow,
    province: str,
    data: Mapping[str, Any],
    now: datetime,
    case: str | None = None,
) -> Checked:
    """Return what may be submitted; `case` is the application's number when it is a correction.

    Shape: `data` as the form says, and `materials`, the ids of uploaded files. A correction is checked by the
    forms and policies its case began with, on the day it was first submitted; what the process has decided by
    (places and variables) cannot be changed in it.
    Raises: form_has_faults with every fault; collected_already, collect_first, file_in_transfer, kept_here,
    transfer_out_first.
    Source: D.1, D.3, D.5; GD-27; BJ-05 to BJ-09; R19.
    """
    _refuse_state(process, person, province)
    given = answered(data)
    earlier = Application.objects.get(number=case) if case else None
    version = engine.version_of(case) if case else engine.current(process).pk
    submitted = earlier.submitted_at if earlier else now
    context = {**given, **_base(process, person, province, given.get("employment"), submitted)}
    submission = _Submission(process, person, given, context, version, now, case)
    ids = tuple(int(number) for number in data.get("materials", ()))
    schema = submission.form()
    faults = [*_form_faults(schema, given), *_province_faults(schema, given, province)]
    faults += [*_place_faults(given, province), *_fixed_faults(schema, given, earlier)]
    refuse_faults(_once([*faults, *_policy_faults(submission), *_material_faults(submission, ids)]))
    fields = schema["properties"].items()
    variables = {field["x-variable"]: given.get(name) for name, field in fields if "x-variable" in field}
    return Checked(given, variables, ids, _expected(submission))


def check_review(task: Any, outcome: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return what the reviewer entered, completed with what the form proposes; checked only for an approval.

    Raises: form_has_faults. Source: S87, S94.
    """
    if outcome != "approve" or not task.form:
        return {}
    schema = form_of(task.process, task.form, task.instance.business_key)
    variables = engine.variables_of(task.instance.business_key)
    for name, field in schema["properties"].items():
        if name not in data and "x-default" in field:
            data[name] = _proposed(field["x-default"], variables)
    given = {key: value for key, value in data.items() if value not in ("", None)}
    faults = list(_form_faults(schema, {key: _number(value) for key, value in given.items()}))
    refuse_faults([*faults, *_credit_faults(given, variables)])
    if "credits" in given:
        given["credits"] = Decimal(str(given["credits"]))
    return given


def form_of(process: str, name: str, case: str | None = None) -> dict[str, Any]:
    """The JSON Schema of a form in the newest version of a process, or in the version a case runs on."""
    return _form(engine.version_of(case) if case else engine.current(process).pk, name)


def title_of(field: Mapping[str, Any]) -> str:
    """A field's or form's title in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str(field.get("x-en" if english else "title") or field.get("title", ""))


@lru_cache(maxsize=64)
def _form(version: int, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(engine.files_of(version)[f"forms/{name}.json"])
    return schema


def answered(data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that were given, without the files."""
    return {key: value for key, value in data.items() if key != "materials" and value not in ("", None, [])}


def place_of(process: Process, home: str, data: Mapping[str, Any]) -> str:
    """The province whose rules apply: the file's, or for a transfer in the one of the division applied to.

    Raises: form_has_faults when that is no province served here.
    """
    if process != Process.TRANSFER_IN:
        return home
    place = str(data.get("division", ""))[:6]
    if place not in {province.code for province in provinces()}:
        refuse_faults([_coded("division", "unknown_division")])
    return place


def _base(process: Process, person: AccountantRow, province: str, employment: Any, now: datetime) -> dict[str, Any]:
    submitted = now.astimezone(engine.calendar().zone)
    elsewhere = person.file_state == "collected" and person.province != province
    return {
        "process": process.value,
        "province": province,
        "submitted": submitted,
        "collected_elsewhere": elsewhere,
        "accounting_work": employment == "accounting",
    }


def _refuse_state(process: Process, person: AccountantRow, place: str) -> None:
    state = person.file_state
    if process == Process.COLLECTION and state in ("collected", "in_transfer"):
        raise Refused("collected_already" if state == "collected" else "file_in_transfer")
    if process == Process.CREDIT_CLAIM and state != "collected":
        raise Refused("file_in_transfer" if state == "in_transfer" else "collect_first")
    if process == Process.TRANSFER_IN and state in ("collected", "must_complete"):
        raise Refused("kept_here" if person.province == place else "transfer_out_first", province=person.province_name)


def _form_faults(schema: dict[str, Any], given: Mapping[str, Any]) -> Iterator[Fault]:
    for error in Draft202012Validator(schema, format_checker=FORMATS).iter_errors(given):
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from (_fault(schema, [*error.absolute_path, name], "missing") for name in missing)
        else:
            yield _fault(schema, list(error.absolute_path), str(error.validator))


def _province_faults(schema: dict[str, Any], given: Mapping[str, Any], province: str) -> Iterator[Fault]:
    for name, field in schema["properties"].items():
        parts = field.get("items", {}).get("properties", {})
        required = [part for part, what in parts.items() if province in what.get("x-required-in", ())]
        for index, row in enumerate(_rows(given.get(name)) if required else ()):
            missing = [part for part in required if not row.get(part)]
            yield from (_fault(schema, [name, index, part], "missing") for part in missing)


def _place_faults(given: Mapping[str, Any], province: str) -> Iterator[Fault]:
    if "division" in given:
        yield from _division_faults("division", str(given["division"]), province)
    destination = given.get("destination")
    if destination is None:
        return
    if destination not in {place.code for place in destinations()}:
        yield _coded("destination", "unknown_destination")
    elif destination in {place.code for place in provinces()}:
        yield from _division_faults("destination_division", str(given.get("destination_division")), str(destination))
    elif not PLACE_NAME.fullmatch(str(given.get("destination_division", ""))):
        yield _coded("destination_division", "no_place_name")


def _division_faults(field: str, path: str, province: str) -> Iterator[Fault]:
    try:
        office_for(division_by_path(path).path)
    except Refused:
        yield _coded(field, "unknown_division")
        return
    if path.split("/")[0] != province:
        yield _coded(field, "division_elsewhere")


def _fixed_faults(schema: dict[str, Any], given: Mapping[str, Any], earlier: Application | None) -> Iterator[Fault]:
    if earlier is None:
        return
    decided_by = {name for name, field in schema["properties"].items() if "x-variable" in field} | PLACES
    for name in sorted(decided_by):
        if given.get(name) != earlier.data.get(name):
            yield _coded(name, "fixed_in_correction")


def _rows(value: Any) -> list[dict[str, Any]]:
    # What is no list of objects is a fault of the form already.
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _fault(schema: dict[str, Any], path: list[Any], code: str) -> Fault:
    field = ".".join(str(part) for part in path)
    title = title_of(schema["properties"].get(str(path[0]) if path else "", {})) or field
    sentence = _("Fill in: %(title)s") if code == "missing" else _("Please correct: %(title)s")
    return Fault(field, code, str(sentence) % {"title": title})


def _policy_faults(submission: _Submission) -> Iterator[Fault]:
    if submission.process == Process.COLLECTION:
        yield from _collection_faults(submission)
    if submission.process == Process.TRANSFER_OUT:
        known = facts.transfer_facts(submission.person, submission.case)
        codes = submission.ask("TransferOutPreconditions", facts=known)
        yield from (_coded("destination", code) for code in codes)
    if submission.process == Process.CREDIT_CLAIM:
        yield from _claim_faults(submission)


def _collection_faults(submission: _Submission) -> Iterator[Fault]:
    asked = {"employment", "qualified"} <= submission.given.keys()
    scope = submission.ask("Eligibility") if asked else None
    if scope is not None and scope["eligible"] is False:
        yield _coded("employment", scope["code"])
    elif "receiving_choice" in submission.given and submission.ask("ReceivingOffice") is None:
        yield _coded("receiving_choice", "no_receiving_office")
    for field in submission.ask("RequiredFields"):
        if field not in submission.given:
            yield _fault(submission.form(), [field], "missing")


def _claim_faults(submission: _Submission) -> Iterator[Fault]:
    window = submission.ask("CreditWindow")
    if window is None or window["open"] is not True:
        yield Fault("credit_year", "year_closed", _("Claims for this year are not open."))
    if facts.claimed_already(submission.person.id, submission.given, submission.case):
        yield Fault("title", "claimed_already", _("This achievement was claimed already."))


def _material_faults(submission: _Submission, ids: tuple[int, ...]) -> Iterator[Fault]:
    given: dict[str, list[Material]] = {}
    for material in Material.objects.filter(owner_id=submission.person.id, pk__in=ids):
        given.setdefault(material.kind, []).append(material)
    for wanted in submission.ask("RequiredMaterials"):
        if wanted["kind"] not in given:
            yield Fault(f"materials.{wanted['kind']}", "missing", _("This picture is missing."))
        for material in given.get(wanted["kind"], ()):
            yield from _picture_faults(material, wanted)


def _picture_faults(material: Material, wanted: Mapping[str, Any]) -> Iterator[Fault]:
    field = f"materials.{material.kind}"
    if wanted["formats"] and material.format not in wanted["formats"]:
        formats = ", ".join(wanted["formats"])
        yield Fault(field, "format", str(_("Only %(formats)s is accepted here.")) % {"formats": formats})
    limit = wanted["max_bytes"]
    if limit is not None and material.size > limit:
        sentence = _("The picture has %(size)s bytes; at most %(limit)s are accepted.")
        yield Fault(field, "too_large", str(sentence) % {"size": material.size, "limit": int(limit)})
    size = (wanted["width"], wanted["height"])
    if size[0] is not None and (material.width, material.height) != (int(size[0]), int(size[1])):
        sentence = _("The picture must have %(wanted)s pixels; this one has %(given)s.")
        words = {"wanted": f"{size[0]}×{size[1]}", "given": f"{material.width}×{material.height}"}
        yield Fault(field, "pixels", str(sentence) % words)


def _credit_faults(given: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[Fault]:
    proposed = (variables.get("proposal") or {}).get("credits")
    if proposed is None or "credits" not in given:
        return
    credits = Decimal(str(given["credits"]))
    if credits > proposed:
        yield Fault("credits", "too_many", _("At most the converted credits can be granted."))
    elif credits < proposed and "reduction_reason" not in given:
        yield Fault("reduction_reason", "missing", _("Give the reason why fewer credits are granted."))


def _expected(submission: _Submission) -> date:
    review = submission.ask("ReviewMode") or {}
    days = review.get("delay_days" if review.get("mode") == "auto" else "sla_days") or 0
    days = 0 if review.get("mode") == "none" else days
    calendar = engine.calendar()
    return calendar.add(submission.now, int(days)).astimezone(calendar.zone).date()


def _coded(field: str, code: str) -> Fault:
    return Fault(field, code, CODES.get(code, code))


def _proposed(path: str, variables: Mapping[str, Any]) -> Any:
    value: Any = variables
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _once(faults: list[Fault]) -> list[Fault]:
    seen = {(fault.field, fault.code): fault for fault in reversed(faults)}
    return list(reversed(seen.values()))
