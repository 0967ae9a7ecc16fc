"""The JSON shape of every refusal."""

from rest_framework import serializers


class FaultRow(serializers.Serializer):
    """One thing wrong with one field."""

    field = serializers.CharField()
    code = serializers.CharField()
    sentence = serializers.CharField()


class DecidedRow(serializers.Serializer):
    """Who was faster; `by` is null unless the reader is a colleague."""

    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    outcome = serializers.CharField()


class Refusal(serializers.Serializer):
    """The body of every answer that is not a success."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    faults = FaultRow(many=True)
    decided = DecidedRow(required=False)
