"""The one clock of the outermost shells; `settings.ORCHESTRATOR_CLOCK` names another one for demonstrations."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string


def now() -> datetime:
    """The present moment, aware UTC. Only views, Celery entry points and commands ask."""
    name = getattr(settings, "ORCHESTRATOR_CLOCK", None)
    moment: datetime = import_string(name)() if name else timezone.now()
    return moment
