"""Plays stories on the running engine: moves the clock to the next thing due, lets the work settle, goes on."""

import heapq
import itertools
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator import api as engine
from portal.clock import services as clock
from portal.national_platform import sms_gateway
from portal.national_platform.client import from_settings
from portal.national_platform.errors import PlatformUnavailable
from portal.notifications.services import is_all_sent, send_queued
from portal.transfers.feed import is_read, read_feed

Telling = Generator[datetime, datetime, None]
SETTLE_SECONDS = 180.0


class NotSettled(Exception):
    """The workers did not finish what was due in time."""


@dataclass(frozen=True)
class Story:
    """One thing that happens to one person.

    Shape: `tell` begins at `starts` and yields the next moment something happens in it; `cases` are the
    numbers it made, with the end each should come to.
    """

    title: str
    starts: datetime
    tell: Callable[["Story", datetime], Telling]
    cases: dict[str, str] = field(default_factory=dict)


def play(stories: Iterable[Story], *, by_workers: bool = False, until: datetime | None = None) -> datetime:
    """Tell every story to its end and let everything fall due that is due before it is over.

    Shape: with `by_workers` the running workers do all timers and outside work, else this process does.
    Raises: NotSettled.
    """
    order = itertools.count()
    queue: list[tuple[datetime, int, Telling]] = []
    waiting = list(stories)
    now = min(story.starts for story in waiting)
    for story in waiting:
        telling = _begin(story)
        heapq.heappush(queue, (next(telling), next(order), telling))
    while queue:
        now = _next_moment(queue[0][0], now)
        _settle(now, by_workers)
        while queue and queue[0][0] <= now:
            _, _, telling = heapq.heappop(queue)
            wanted = _go_on(telling, now)
            if wanted is not None:
                heapq.heappush(queue, (max(wanted, now), next(order), telling))
        _settle(now, by_workers)
    return _play_out(now, until, by_workers)


def _begin(story: Story) -> Telling:
    now = yield story.starts
    yield from story.tell(story, now)


def _go_on(telling: Telling, now: datetime) -> datetime | None:
    try:
        return telling.send(now)
    except StopIteration:
        return None


def _next_moment(story_moment: datetime, now: datetime) -> datetime:
    due = engine.next_due()
    return max(now, min(story_moment, due) if due is not None else story_moment)


def _play_out(now: datetime, until: datetime | None, by_workers: bool) -> datetime:
    while until is not None and (due := engine.next_due()) is not None and due <= until:
        now = max(now, due)
        _settle(now, by_workers)
    return now


def _settle(now: datetime, by_workers: bool) -> None:
    clock.stand_at(now)
    if by_workers:
        _wait_for_workers(now)
        return
    while engine.run_due(now) + _ask_outside(now):
        pass


def _ask_outside(now: datetime) -> int:
    try:
        return read_feed(from_settings(), now) + send_queued(sms_gateway.from_settings(), now)
    except PlatformUnavailable:
        return 0


def _wait_for_workers(now: datetime) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not (engine.is_quiet(now) and is_all_sent() and _feed_is_read() and engine.is_quiet(now)):
        if time.monotonic() > deadline:
            raise NotSettled(f"work due at {now} is still waiting after {SETTLE_SECONDS} s")
        time.sleep(0.05)


def _feed_is_read() -> bool:
    try:
        return is_read(from_settings())
    except PlatformUnavailable:
        return False
