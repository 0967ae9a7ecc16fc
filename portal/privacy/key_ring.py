"""The keys of encrypted fields: seal with the first, open with any, told apart by the id before the colon."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random 96-bit nonces


class SealBroken(Exception):
    """A sealed value cannot be opened: its key is not in FIELD_KEYS, or it was altered or moved."""


@dataclass(frozen=True)
class KeyRing:
    """AES-256-GCM keys by id; `writing` is the id that new values are sealed with."""

    keys: Mapping[str, bytes]
    writing: str

    def seal(self, plain: str, context: str) -> str:
        """Seal a text for one field.

        Shape: `key id:base64url(nonce ‖ ciphertext ‖ tag)`; key id and `context` are authenticated with it.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.writing]).encrypt(nonce, plain.encode(), _bound(self.writing, context))
        return f"{self.writing}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, context: str) -> str:
        """Open what `seal` made for the same field with any key of the ring.

        Raises: SealBroken.
        """
        key_id, _, body = sealed.partition(":")
        if key_id not in self.keys:
            raise SealBroken(f"unknown key of {context}")
        try:
            raw = base64.urlsafe_b64decode(body)
            opened = AESGCM(self.keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(key_id, context))
        except (ValueError, InvalidTag) as fault:
            raise SealBroken(f"damaged value of {context}") from fault
        return opened.decode()


def current() -> KeyRing:
    """The ring of `settings.FIELD_KEYS`: key id → base64 of 32 bytes; the first seals, the others only open.

    Raises: ImproperlyConfigured.
    """
    return _ring(tuple(getattr(settings, "FIELD_KEYS", {}).items()))


@lru_cache(maxsize=4)
def _ring(items: tuple[tuple[str, str], ...]) -> KeyRing:
    if not items:
        raise ImproperlyConfigured("FIELD_KEYS needs at least one key")
    return KeyRing({key_id: _key(key_id, text) for key_id, text in items}, writing=items[0][0])


def _key(key_id: str, text: str) -> bytes:
    key = base64.b64decode(text)
    if not key_id or ":" in key_id or len(key) != 32:
        raise ImproperlyConfigured(f"FIELD_KEYS[{key_id!r}] must be the base64 of 32 bytes, its id without a colon")
    return key


def _bound(key_id: str, context: str) -> bytes:
    return f"{key_id}:{context}".encode()
