"""Keyed hashes that find and keep unique what is stored sealed."""

import base64
import hashlib
import hmac
import unicodedata

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDEX_LENGTH = 64


def person_key(id_type: str, id_number: str) -> str:
    """The blind index of an identity document: the same for every way of typing the same number.

    Shape: 64 hexadecimal digits of HMAC-SHA256 with `settings.BLIND_INDEX_KEY`.
    """
    return _index("person", id_type, id_number)


def phone_key(phone: str) -> str:
    """The blind index of a phone number.

    Shape: as `person_key`.
    """
    return _index("phone", phone)


def normalized(text: str) -> str:
    """The text without spaces, full-width characters made narrow, letters upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _index(*parts: str) -> str:
    message = "\x1f".join(normalized(part) for part in parts)
    return hmac.new(_key(), message.encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    key = base64.b64decode(getattr(settings, "BLIND_INDEX_KEY", ""))
    if len(key) < 32:
        raise ImproperlyConfigured("BLIND_INDEX_KEY must be the base64 of at least 32 bytes")
    return key
