"""The clock of a demonstration."""

from django.db import models


class DemonstrationClock(models.Model):
    """One row while a demonstration stands at another moment; no row means the real time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    moment = models.DateTimeField()

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return str(self.moment)
