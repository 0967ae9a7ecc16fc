"""How often strangers may ask, and how often a sign-in may be tried."""

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle


class PublicRate(AnonRateThrottle):
    """Reference data for people who have not signed in, by address."""

    scope = "public"
    rate = "120/min"


class SignInRate(AnonRateThrottle):
    """Attempts to sign in from one address."""

    scope = "sign-in"
    rate = "30/min"


class SignInNameRate(SimpleRateThrottle):
    """Attempts to sign in with one user name, from wherever; the cache holds no name."""

    scope = "sign-in-name"
    rate = "10/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """The key of the counter."""
        name = request.data.get("username") if isinstance(request.data, dict) else None
        if not isinstance(name, str):
            return None
        ident = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
        return self.cache_format % {"scope": self.scope, "ident": ident}
