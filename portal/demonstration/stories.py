"""The tour: all four procedures in all four provinces, over a weekend, Spring Festival and the October holiday."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from orchestrator import api as engine
from portal.accountants.models import Accountant
from portal.applications import reviewing, services
from portal.applications.models import Application, Process
from portal.demonstration.people import (
    PLACES,
    claim_form,
    collected,
    collection_form,
    newcomer,
    reviewer_of,
    transfer_in_form,
    transfer_out_form,
    working_noon,
)
from portal.demonstration.stage import Story, Telling
from portal.errors import Refused

GUANGDONG, GUIZHOU, BEIJING, CHONGQING = "440000", "520000", "110000", "500000"
REVIEWED = (BEIJING, CHONGQING)
NAMES = {GUANGDONG: "广东", GUIZHOU: "贵州", BEIJING: "北京", CHONGQING: "重庆"}
SPRING_FESTIVAL = date(2026, 2, 13)
BEFORE_OCTOBER = date(2026, 9, 29)
WEEKEND = date(2026, 9, 18)
TOUR = "tour-"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASONS = (
    {"code": "portrait_background", "item": "portrait", "text": "照片背景不是白色"},
    {"code": "work_proof_seal", "item": "work_proof", "text": "工作证明未加盖单位公章"},
)


def tour() -> list[Story]:
    """Every procedure of every province at least once, and the ways a case can go wrong."""
    return [*_collections(), *_transfers(), *_claims()]


def was_played() -> bool:
    """Whether cases of a tour are in the database."""
    return Application.objects.filter(request_key__startswith=TOUR).exists()


def _collections() -> Iterator[Story]:
    for province, day in ((GUANGDONG, WEEKEND), (GUIZHOU, WEEKEND)):
        yield _story(f"{NAMES[province]}信息采集：提交即建档", day, _collection_at_once(province))
    for province, day in ((BEIJING, SPRING_FESTIVAL), (CHONGQING, BEFORE_OCTOBER)):
        yield _story(f"{NAMES[province]}信息采集：退回补正后通过", day, _collection_returned(province))
    yield _story("重庆信息采集：不予通过", WEEKEND, _collection_refused(CHONGQING))
    yield _story("北京信息采集：逾期上报，不自动通过", BEFORE_OCTOBER, _collection_late(BEIJING))
    yield _story("北京信息采集：申请人撤回", WEEKEND, _collection_withdrawn(BEIJING))


def _transfers() -> Iterator[Story]:
    pairs = (
        (GUANGDONG, BEIJING, SPRING_FESTIVAL),
        (GUIZHOU, GUANGDONG, BEFORE_OCTOBER),
        (BEIJING, CHONGQING, WEEKEND),
        (CHONGQING, GUIZHOU, BEFORE_OCTOBER),
    )
    for source, destination, day in pairs:
        title = f"{NAMES[source]}调出、{NAMES[destination]}调入：接收"
        yield _story(title, day, _transfer_received(source, destination))
    yield _story("广东调出：上报后撤回", SPRING_FESTIVAL, _transfer_withdrawn(GUANGDONG))
    yield _story("贵州调出：调入地已申请不可撤，退回后撤回", WEEKEND, _transfer_window(GUIZHOU))
    yield _story("北京调出：区财政局不予调出", WEEKEND, _transfer_refused(BEIJING))


def _claims() -> Iterator[Story]:
    plans = ((GUANGDONG, 2025), (GUIZHOU, 2026), (BEIJING, 2026), (CHONGQING, 2026))
    for province, year in plans:
        yield _story(f"{NAMES[province]}学分申请：会议三天", SPRING_FESTIVAL, _claim_approved(province, year))
    yield _story("贵州学分申请：退回后未补正，关闭", WEEKEND, _claim_idle(GUIZHOU))
    yield _story("北京学分申请：不予通过", WEEKEND, _claim_refused(BEIJING))
    yield _story("重庆学分申请：撤回", WEEKEND, _claim_withdrawn(CHONGQING))


def _story(title: str, day: date, tell: Any) -> Story:
    return Story(title, working_noon(day), tell)


def apply(
    story: Story, person: Accountant, process: Process, data: dict[str, Any], now: datetime, end: str
) -> Application:
    """Submit, and remember in the story which end the case should come to."""
    case = services.submit(
        accountant_id=person.pk,
        process=process,
        data=data,
        by=person.user,
        now=now,
        request_key=f"{TOUR}{process}-{now:%Y%m%d%H%M%S}",
    )
    story.cases[case.number] = end
    return case


def review(case: Application, outcome: str, now: datetime, reasons: Any = (), **data: Any) -> None:
    """The seeded reviewer of the case's office decides the step that is open."""
    task = next(task for task in engine.waiting_of(case.number) if task.kind == "review")
    reviewer = reviewer_of(task.scope)
    reviewing.claim(task.pk, by=reviewer, now=now)
    reviewing.decide(task.pk, by=reviewer, outcome=outcome, reasons=reasons, data=data, now=now)


def _collect(story: Story, province: str, now: datetime, end: str) -> tuple[Accountant, Application]:
    person = newcomer(province, now)
    form = collection_form(person, PLACES[province], now)
    return person, apply(story, person, Process.COLLECTION, form, now, end)


def _collection_at_once(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _collect(story, province, now, "end_collected")
        yield now

    return tell


def _collection_returned(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        person, case = _collect(story, province, now, "end_collected")
        now = yield now + DAY
        review(case, "return", now, REASONS)
        now = yield now + 4 * DAY
        form = collection_form(person, PLACES[province], now, employer_address="演示路2号")
        services.resubmit(number=case.number, data=form, by=person.user, now=now)
        now = yield now + 6 * DAY
        review(case, "approve", now)

    return tell


def _collection_refused(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _, case = _collect(story, province, now, "end_refused")
        now = yield now + 2 * DAY
        review(case, "refuse", now, [{"code": "not_eligible", "item": "employment", "text": "不属于采集对象"}])

    return tell


def _collection_late(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _, case = _collect(story, province, now, "end_collected")
        now = yield now + 20 * DAY
        review(case, "approve", now)

    return tell


def _collection_withdrawn(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        person, case = _collect(story, province, now, "end_withdrawn")
        now = yield now + HOUR
        services.withdraw(number=case.number, by=person.user, why="", now=now)

    return tell


def _go_out(story: Story, source: str, destination: str, now: datetime, end: str) -> tuple[Accountant, Application]:
    person = collected(source, now)
    form = transfer_out_form(person, destination, now)
    return person, apply(story, person, Process.TRANSFER_OUT, form, now, end)


def _come_in(story: Story, person: Accountant, province: str, now: datetime, end: str) -> Application:
    form = transfer_in_form(person, province, now)
    return apply(story, person, Process.TRANSFER_IN, form, now, end)


def _transfer_received(source: str, destination: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        person, out = _go_out(story, source, destination, now, "end_completed")
        if source in REVIEWED:
            now = yield now + DAY
            review(out, "approve", now)
        now = yield working_noon(date(now.year, now.month, now.day) + 14 * DAY)
        came = _come_in(story, person, destination, now, "end_collected")
        if destination in REVIEWED:
            now = yield now + DAY
            review(came, "approve", now)
        now = yield now + 8 * DAY
        person.refresh_from_db()
        form = collection_form(person, PLACES[destination], now)
        again = apply(story, person, Process.COLLECTION, form, now, "end_collected")
        if destination in REVIEWED:
            now = yield now + DAY
            review(again, "approve", now)

    return tell


def _transfer_withdrawn(source: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        person, out = _go_out(story, source, CHONGQING, now, "end_withdrawn")
        now = yield now + 14 * DAY
        services.withdraw(number=out.number, by=person.user, why="", now=now)

    return tell


def _transfer_window(source: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        person, out = _go_out(story, source, BEIJING, now, "end_withdrawn")
        now = yield now + 5 * DAY
        came = _come_in(story, person, BEIJING, now, "end_refused")
        now = yield now + HOUR
        try:
            services.withdraw(number=out.number, by=person.user, why="", now=now)
        except Refused as closed:
            # Guizhou's window is closed from the destination's application on (GZ-30).
            assert closed.code == "applied_elsewhere"
        now = yield now + HOUR
        review(came, "refuse", now, [{"code": "proof", "item": "transfer_proof", "text": "调转证明不清晰"}])
        now = yield now + DAY
        services.withdraw(number=out.number, by=person.user, why="", now=now)

    return tell


def _transfer_refused(source: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _, out = _go_out(story, source, GUANGDONG, now, "end_refused")
        now = yield now + HOUR
        review(out, "refuse", now, [{"code": "proof", "item": "transfer_proof", "text": "调转证明未盖章"}])

    return tell


def _claim(story: Story, province: str, year: int, now: datetime, end: str) -> tuple[Accountant, Application]:
    person = collected(province, now)
    return person, apply(story, person, Process.CREDIT_CLAIM, claim_form(person, year, now), now, end)


def _claim_approved(province: str, year: int) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _, case = _claim(story, province, year, now, "end_approved")
        now = yield now + 12 * DAY
        review(case, "approve", now)

    return tell


def _claim_idle(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _, case = _claim(story, province, 2026, now, "end_closed")
        now = yield now + HOUR
        review(case, "return", now, REASONS[:1])

    return tell


def _claim_refused(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        _, case = _claim(story, province, 2026, now, "end_refused")
        now = yield now + HOUR
        review(case, "refuse", now, [{"code": "no_proof", "item": "credit_proof", "text": "没有参会证明"}])

    return tell


def _claim_withdrawn(province: str) -> Any:
    def tell(story: Story, now: datetime) -> Telling:
        person, case = _claim(story, province, 2026, now, "end_withdrawn")
        now = yield now + HOUR
        services.withdraw(number=case.number, by=person.user, why="", now=now)

    return tell
