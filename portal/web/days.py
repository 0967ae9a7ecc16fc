"""Days and moments as people read them, in the calendar's zone."""

from datetime import date, datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from orchestrator import api as engine

WEEKDAYS = "一二三四五六日"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SOON = 1


def local_day(when: date | datetime) -> date:
    """The day of a moment in the calendar's zone."""
    return when.astimezone(engine.calendar().zone).date() if isinstance(when, datetime) else when


def day_words(when: date | datetime, *, weekday: bool = True) -> str:
    """“2026年2月24日（星期二）”, “Tuesday 24 February 2026”."""
    day = local_day(when)
    if _is_english():
        head = f"{DAYS[day.weekday()]} " if weekday else ""
        return f"{head}{day.day} {MONTHS[day.month - 1]} {day.year}"
    tail = f"（星期{WEEKDAYS[day.weekday()]}）" if weekday else ""
    return f"{day.year}年{day.month}月{day.day}日{tail}"


def moment_words(when: datetime) -> str:
    """“2026年2月24日 09:05”, “24 February 2026, 09:05”."""
    local = when.astimezone(engine.calendar().zone)
    gap = ", " if _is_english() else " "
    return f"{day_words(when, weekday=False)}{gap}{local:%H:%M}"


def short_moment(when: datetime, today: date) -> str:
    """For tables: the time of today, “02-24 09:05” within the year, else the day."""
    local = when.astimezone(engine.calendar().zone)
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def days_left(due: datetime, now: datetime) -> tuple[str, str]:
    """How urgent a due date is and the words for it: late, soon or fine.

    Units: working days of the calendar, as the period itself is counted.
    """
    if due < now:
        return "late", _late_words(engine.calendar().between(due, now))
    left = engine.calendar().between(now, due)
    if left == 0:
        return "soon", _("due today")
    text = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    return ("soon" if left <= SOON else "fine"), text


def _late_words(days: int) -> str:
    if days == 0:
        return _("overdue")
    return ngettext("%(days)s day overdue", "%(days)s days overdue", days) % {"days": days}


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
