"""The accountant and where the file stands.

Number and phone are sealed at rest; `person_index` and `phone_index` are blind indexes of them. Other tables,
process variables, logs and addresses refer to an accountant by id only.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.jurisdictions.models import Division, Province
from portal.privacy.blind_index import INDEX_LENGTH
from portal.privacy.fields import EncryptedTextField

NAME_LENGTH = 30


class IdType(models.TextChoices):
    """Identity documents that are accepted."""

    RESIDENT_ID = "resident_id", _("Resident identity card")
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", _("Residence permit of Hong Kong, Macao, Taiwan residents")
    HK_MACAO_PERMIT = "hk_macao_permit", _("Mainland travel permit for Hong Kong and Macao residents")
    TAIWAN_PERMIT = "taiwan_permit", _("Mainland travel permit for Taiwan residents")
    PASSPORT = "passport", _("Passport")
    OFFICER_CARD = "officer_card", _("Military officer's card")


class FileState(models.TextChoices):
    """Where the accountant's file stands."""

    NONE = "none", _("Not collected")
    COLLECTED = "collected", _("Collected")
    MUST_COMPLETE = "must_complete", _("Received, to be completed")
    IN_TRANSFER = "in_transfer", _("Being transferred out")
    TRANSFERRED_OUT = "transferred_out", _("Transferred out")


MOVES: dict[str, frozenset[str]] = {
    FileState.NONE: frozenset({FileState.COLLECTED, FileState.MUST_COMPLETE}),
    FileState.MUST_COMPLETE: frozenset({FileState.COLLECTED}),
    FileState.COLLECTED: frozenset({FileState.IN_TRANSFER}),
    FileState.IN_TRANSFER: frozenset({FileState.COLLECTED, FileState.TRANSFERRED_OUT, FileState.MUST_COMPLETE}),
    FileState.TRANSFERRED_OUT: frozenset({FileState.MUST_COMPLETE}),
}
"""Allowed moves. A file in transfer goes straight to "must complete" when its destination is served here too
and imports it before the source has been told."""


class Accountant(models.Model):
    """A person with at most one file, in the province where the file is.

    `locked_by` is the opaque reference of the transfer-out holding the file; `revision` refuses stale pages.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="accountant")
    name = models.CharField(max_length=NAME_LENGTH)
    id_type = models.CharField(max_length=20, choices=IdType)
    id_number = EncryptedTextField(context="accountant.id_number")
    person_index = models.CharField(max_length=INDEX_LENGTH)
    phone = EncryptedTextField(context="accountant.phone")
    phone_index = models.CharField(max_length=INDEX_LENGTH)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="accountants")
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="accountants")
    file_state = models.CharField(max_length=15, choices=FileState, default=FileState.NONE)
    locked_by = models.CharField(max_length=64, null=True)
    registered_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "portal"
        constraints = (
            models.UniqueConstraint(name="accountant_person_once", fields=("person_index",)),
            models.UniqueConstraint(name="accountant_phone_once", fields=("phone_index",)),
            models.CheckConstraint(name="accountant_id_type", condition=Q(id_type__in=IdType.values)),
            models.CheckConstraint(name="accountant_file_state", condition=Q(file_state__in=FileState.values)),
            models.CheckConstraint(
                name="accountant_lock_is_transfer",
                condition=Q(file_state="in_transfer") ^ Q(locked_by__isnull=True),
            ),
            models.CheckConstraint(
                name="accountant_collected_when",
                condition=~Q(file_state__in=["collected", "in_transfer"]) | Q(collected_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accountant_file_has_place",
                condition=Q(file_state="none") | Q(division__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"accountant:{self.pk}"
