"""A text column that the database holds sealed and the program reads plain."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.privacy import key_ring


class EncryptedTextField(models.TextField):
    """Text sealed with the key ring; only `isnull` can be asked of it, equality is what a blind index is for.

    `context` names the field for good: a sealed value opens only under the context it was sealed with.
    """

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """The arguments that build the field again in a migration."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "context": self.context}

    def get_prep_value(self, value: Any) -> Any:
        """The sealed text; empty text is sealed too, only None stays NULL."""
        return None if value is None else key_ring.current().seal(str(value), self.context)

    def from_db_value(self, value: str | None, _expression: Any, _database: BaseDatabaseWrapper) -> str | None:
        """The plain text."""
        return None if value is None else key_ring.current().open(value, self.context)

    def get_lookup(self, lookup_name: str) -> Any:
        """None for all but `isnull`: comparing sealed texts never finds anything."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
