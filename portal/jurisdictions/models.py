"""Provinces, divisions, offices and appointments.

A division's `path` is the scope that the engine stores with a task: "440000/440100/440113". A function zone
has no GB/T 2260 code, so its segment is its parent's code and a slug: "440000/441200/441200-gaoxin".
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Province(models.Model):
    """A province whose accountants this installation serves."""

    code = models.CharField(primary_key=True, max_length=6)
    name = models.CharField(max_length=30)
    name_en = models.CharField(max_length=30)
    portal_name = models.CharField(max_length=60)
    sms_signature = models.CharField(max_length=30)

    class Meta:
        app_label = "portal"
        constraints = (models.CheckConstraint(name="province_code", condition=Q(code__regex=r"^\d{2}0000$")),)

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """A place with a path: an administrative division of GB/T 2260, or a function zone inside one."""

    class Kind(models.TextChoices):
        """What a division is."""

        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        DISTRICT = "district", _("District or county")
        FUNCTION_ZONE = "function_zone", _("Function zone")

    path = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=6, null=True, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=13, choices=Kind)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="divisions")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        app_label = "portal"
        constraints = (
            models.CheckConstraint(
                name="division_path",
                condition=Q(path__regex=r"^\d{2}0000(/\d{6})?(/\d{6}(-[a-z0-9]+)?)?$"),
            ),
            models.CheckConstraint(
                name="division_code_unless_zone",
                condition=Q(kind="function_zone") ^ Q(code__isnull=False),
            ),
            models.CheckConstraint(
                name="division_parent_unless_province",
                condition=Q(kind="province") ^ Q(parent__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.path}"


class Office(models.Model):
    """The counter that receives the people of a division, as printed in the province's directory."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="offices")
    seq = models.PositiveIntegerField()
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="offices")
    name = models.CharField(max_length=80)
    phones = models.JSONField(default=list)
    address = models.CharField(max_length=200, blank=True)
    is_hotline = models.BooleanField(default=False)
    is_referral = models.BooleanField(default=False)
    referral_to = models.CharField(max_length=120, blank=True)
    serves = models.CharField(max_length=60, blank=True)
    loaded_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        constraints = (
            models.UniqueConstraint(name="office_number", fields=("province", "seq")),
            models.CheckConstraint(
                name="office_referral_says_where", condition=Q(is_referral=True) ^ Q(referral_to="")
            ),
        )

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person is appointed to do."""

    DISTRICT_REVIEWER = "district_reviewer", _("District reviewer")
    CITY_REVIEWER = "city_reviewer", _("City reviewer")
    SUPERVISOR = "supervisor", _("Supervisor")
    ANALYST = "analyst", _("Process analyst")
    OPERATOR = "operator", _("Operator")


WHOLE_COUNTRY = frozenset({Role.ANALYST, Role.OPERATOR})
"""Roles that may be held without a division."""

OWN_DIVISION_ONLY = frozenset({Role.DISTRICT_REVIEWER})
"""Roles that cover the division of the appointment and none below it."""


class Appointment(models.Model):
    """A person holds a role at a division from a day on, until the day before `valid_until`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role)
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="appointments")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        app_label = "portal"
        constraints = (
            models.CheckConstraint(name="appointment_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="appointment_days",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="appointment_division",
                condition=Q(division__isnull=False) | Q(role__in=sorted(WHOLE_COUNTRY)),
            ),
            models.UniqueConstraint(
                name="appointment_open_once",
                fields=("user", "role", "division"),
                condition=Q(valid_until__isnull=True, division__isnull=False),
            ),
            models.UniqueConstraint(
                name="appointment_country_once",
                fields=("user", "role"),
                condition=Q(valid_until__isnull=True, division__isnull=True),
            ),
        )
        indexes = (models.Index(name="appointment_of_division", fields=("division", "role")),)

    def __str__(self) -> str:
        return f"{self.role} {self.user_id} {self.division_id}"
