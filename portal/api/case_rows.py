"""How a case looks in the API."""

from typing import Any

from django.contrib.auth import get_user_model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.applications.selectors import Case
from portal.materials.selectors import materials_of


class CaseListRow(serializers.Serializer):
    """An application as a list shows it; `turn` says whose turn it is: applicant, office, other or none."""

    number = serializers.CharField()
    process = serializers.CharField()
    process_label = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    turn = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    expected_on = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class CaseList(serializers.Serializer):
    """One's own applications, newest first."""

    applications = CaseListRow(many=True)


class ApplicantRow(serializers.Serializer):
    """The applicant, masked."""

    masked_name = serializers.CharField()
    id_type = serializers.CharField()
    masked_id_number = serializers.CharField()
    masked_phone = serializers.CharField()
    province_name = serializers.CharField()
    division_name = serializers.CharField()
    file_state = serializers.CharField()


class CaseOfficeRow(serializers.Serializer):
    """The office that has the case, and whom to call."""

    path = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    contact_name = serializers.CharField()
    contact_phones = serializers.ListField(child=serializers.CharField())


class CaseTransferRow(serializers.Serializer):
    """What the national platform says."""

    direction = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    destination = serializers.CharField()
    destination_division = serializers.CharField()
    national_state = serializers.CharField()
    national_state_label = serializers.CharField()
    national_at = serializers.DateTimeField(allow_null=True)


class MaterialRow(serializers.Serializer):
    """A picture; fetch it from `/api/materials/{id}/`. Units: bytes, pixels."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    format = serializers.CharField()
    size = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    uploaded_at = serializers.DateTimeField()


class CaseDetail(serializers.Serializer):
    """An application with all that its page shows.

    `here` are the elements of the diagram it stands on, `changed` the fields that differ from the round
    before, `reasons` those of the last return or refusal.
    """

    row = CaseListRow()
    own = serializers.SerializerMethodField()
    applicant = ApplicantRow()
    province = serializers.CharField()
    province_name = serializers.CharField()
    office = CaseOfficeRow(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]
    changed = serializers.SerializerMethodField()
    round = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.DictField())
    transfer = CaseTransferRow(allow_null=True)
    materials = serializers.SerializerMethodField()
    may_withdraw = serializers.BooleanField()
    correction_due = serializers.DateTimeField(allow_null=True)
    here = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_own(self, case: Case) -> bool:
        """Whether the reader is the applicant."""
        return bool(case.applicant.user_id == self.context["reader"].pk)

    def get_changed(self, case: Case) -> list[str]:
        """Sorted."""
        return sorted(case.changed)

    def get_here(self, case: Case) -> list[str]:
        """Sorted."""
        return sorted(case.here)

    @extend_schema_field(MaterialRow(many=True))
    def get_materials(self, case: Case) -> Any:
        """The case's pictures."""
        return MaterialRow(materials_of(case.row.number), many=True).data


class LineRow(serializers.Serializer):
    """One event as everybody may read it: offices are named, reviewers are not."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    sentence = serializers.CharField()
    reasons = serializers.ListField(child=serializers.DictField())


class HistoryLineRow(LineRow):
    """One event as staff read it: who, on which element, by which rows of the rules."""

    by = serializers.SerializerMethodField()
    element = serializers.CharField()
    rules = serializers.ListField(child=serializers.DictField())

    def get_by(self, line: Any) -> str | None:
        """Who did it; null for the system."""
        names: dict[int, str] = self.context["names"]
        return names.get(line.by)


class Timeline(serializers.Serializer):
    """What happened, newest first; `history` is everything, oldest first, null for the applicant."""

    lines = LineRow(many=True)
    history = HistoryLineRow(many=True, allow_null=True)


def names_of(user_ids: set[int | None]) -> dict[int, str]:
    """The display names of these users."""
    users = get_user_model().objects.filter(pk__in=[user_id for user_id in user_ids if user_id is not None])
    return {user.pk: user.get_full_name() or user.get_username() for user in users}
