"""Sealing old values again with the key that seals now, so that the old key can be retired."""

from django.db import models, transaction
from django.db.models.functions import Cast
from django.db.models.lookups import StartsWith

from portal.privacy import key_ring
from portal.privacy.fields import EncryptedTextField


def reseal(model: type[models.Model], *, batch: int = 500) -> int:
    """Every value of the model's encrypted fields is sealed with the writing key; how many rows changed.

    Locks: a batch of rows at a time, each batch its own transaction.
    """
    fields = [field.name for field in model._meta.fields if isinstance(field, EncryptedTextField)]
    changed = 0
    while rows := _reseal_batch(model, fields, batch):
        changed += rows
    return changed


@transaction.atomic
def _reseal_batch(model: type[models.Model], fields: list[str], batch: int) -> int:
    rows = list(model._default_manager.select_for_update().filter(_sealed_before(fields)).order_by("pk")[:batch])
    for row in rows:
        row.save(update_fields=fields)
    return len(rows)


def _sealed_before(fields: list[str]) -> models.Q:
    prefix = f"{key_ring.current().writing}:"
    old = models.Q()
    for name in fields:
        raw = Cast(name, models.TextField())
        old |= models.Q(**{f"{name}__isnull": False}) & ~models.Q(StartsWith(raw, prefix))
    return old
