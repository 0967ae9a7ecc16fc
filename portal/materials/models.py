"""Files that belong to an application."""

from django.db import models

from portal.accountants.models import Accountant


class Material(models.Model):
    """One accepted image; `case` is the number of the application once it was submitted with one."""

    owner = models.ForeignKey(Accountant, models.PROTECT, related_name="materials")
    case = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40)
    file = models.FileField(upload_to="materials/%Y/%m/")
    format = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        indexes = (models.Index(name="material_of_case", fields=("case", "kind")),)

    def __str__(self) -> str:
        return f"material:{self.pk}"
