"""The moment every outermost shell reads: the real one, or a demonstration's."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from portal.clock.models import DemonstrationClock


def now() -> datetime:
    """The present moment, aware UTC; a demonstration may have stopped it."""
    if not settings.DEMO:
        return timezone.now()
    stopped = DemonstrationClock.objects.values_list("moment", flat=True).first()
    return stopped or timezone.now()


def stand_at(moment: datetime) -> None:
    """Every process of the demonstration sees this moment until it is moved on."""
    assert settings.DEMO, "only a demonstration moves its clock"
    DemonstrationClock.objects.update_or_create(id=1, defaults={"moment": moment})


def go_on() -> None:
    """The demonstration is back in the present."""
    DemonstrationClock.objects.all().delete()
