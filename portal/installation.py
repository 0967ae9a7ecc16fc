"""What `manage.py check` warns of: an installation with a database of its own but without keys of its own."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

KEYS = ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "NATIONAL_PLATFORM_TOKEN")


@register()
def keys_of_its_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A warning for each key that another machine, or this one after a reinstallation, would not have."""
    if settings.DEMO or "DATABASE_URL" not in os.environ:
        return []
    return [_missing(name) for name in KEYS if not os.environ.get(name)]


def _missing(name: str) -> CheckMessage:
    return Warning(
        f"{name} is not set: one kept in this folder is used, which no other machine has.",
        hint=f"Set {name} in the environment of every web and worker machine; without FIELD_KEYS sealed data is lost.",
        id="portal.W001",
    )
