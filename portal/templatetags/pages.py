"""What templates need beside Django's own: days in words, a look-up, icons, the other language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portal.web.days import day_words, moment_words
from portal.web.form_rules import Wanted
from portal.web.uploads import limits_in_words, size_in_words

register = template.Library()

# One set: 20 × 20, strokes of 1.6, drawn with the colour of the text.
ICONS = {
    "place": "M10 17.5c3.6-3.9 5.4-6.9 5.4-9.2a5.4 5.4 0 1 0-10.8 0c0 2.3 1.8 5.3 5.4 9.2Z"
    "M10 10.2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
    "person": "M10 9.4a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.8c.5-3.2 2.9-4.9 6-4.9s5.5 1.7 6 4.9",
    "clock": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.8 1.8",
    "phone": "M6.3 3.2 8 6.8 6.4 8.4c.9 2.1 3.1 4.3 5.2 5.2l1.6-1.6 3.6 1.7c-.2 2-1.4 3.1-3.2 3.1"
    "C8.3 16.8 3.2 11.7 3.2 6.4c0-1.8 1.1-3 3.1-3.2Z",
    "done": "M4 10.5l4 4 8-9",
    "flag": "M5 17.5V3M5 3.8h9.5l-2 3.2 2 3.2H5",
    "file": "M5 2.8h6.5L15 6.3v10.9H5V2.8ZM11.3 3v3.5h3.5",
}


@register.filter
def day(when: date | datetime | None) -> str:
    """“2026年2月24日（星期二）”."""
    return day_words(when) if when else ""


@register.filter
def moment(when: datetime | None) -> str:
    """“2026年2月24日 09:05”."""
    return moment_words(when) if when else ""


@register.filter
def size(number: int) -> str:
    """“20 KB”."""
    return size_in_words(max(number, 1024))


@register.filter
def limits_of(wanted: Wanted) -> str:
    """What a file must be like."""
    return limits_in_words(wanted)


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a key; None if there is none."""
    return mapping.get(key)


@register.filter
def is_text(value: Any) -> bool:
    """Whether an answer is plain words, not rows."""
    return isinstance(value, str)


@register.filter
def entered(value: Any) -> str:
    """A value as a form field holds it."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else f"{value}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing that says nothing a word beside it does not say."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def other_language() -> tuple[str, str, str]:
    """Code, own name and `lang` of the language to switch to."""
    english = (get_language() or "").startswith("en")
    return ("zh-hans", "中文", "zh-Hans") if english else ("en", "English", "en")


@register.simple_tag
def page_language() -> str:
    """The `lang` of the page."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


@register.simple_tag
def is_demonstration() -> bool:
    """Whether the people and their cases are made up."""
    return bool(settings.DEMO)


@register.simple_tag
def limits(values: Mapping[str, Any]) -> SafeString:
    """The limits of a field as attributes."""
    return mark_safe("".join(format_html(' {}="{}"', name, value) for name, value in values.items()))
