"""Verifies the access tokens of an OpenID Connect provider."""

import time
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import jwt
from jwt import PyJWKClient, PyJWKClientConnectionError, PyJWTError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.access import Role

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a private key. Never "none", and never HS*: there our public copy of the key could sign."""

LEEWAY = 30.0
"""Seconds by which the provider's clock may differ."""

TIMEOUT = 5.0
"""Seconds that the provider has to hand out its keys."""

COOLDOWN = 30.0
"""Seconds between two fetches of keys that unknown key ids, or a failing provider, can bring about."""

LIFESPAN = 600.0
"""Seconds after which a key that the provider has withdrawn is no longer trusted."""


class Claims(BaseModel):
    """What a token says of who calls: the subject, and three claims that the provider is configured to add."""

    model_config = ConfigDict(frozen=True)

    issuer: Annotated[str, Field(alias="iss")]
    subject: Annotated[str, Field(alias="sub", min_length=1, max_length=255)]
    """At most 255 characters (OpenID Connect Core 1.0, section 2)."""
    organisation: Annotated[UUID, Field(alias="hote_organisation")]
    role: Annotated[Role, Field(alias="hote_role")]
    properties: Annotated[tuple[UUID, ...] | None, Field(alias="hote_properties")] = None

    @property
    def pseudonym(self) -> str:
        """Who calls, as the log may keep for ever: 64 bits of SHA-256 over issuer, line end and subject.

        Many providers' subjects are e-mail addresses. Whoever knows the subject can find what they did.
        """
        return sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()[:16]


class TokenRefused(Exception):
    """The token is not valid here. The message says why, and repeats nothing of the token."""


class ProviderUnreachable(Exception):
    """The provider's keys cannot be had right now: nothing is known about the token."""


class TokenVerifier:
    """Trusts one issuer, for one audience. To be kept: it caches the provider's keys."""

    def __init__(self, issuer: str, audience: str, jwks_url: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = _Keys(jwks_url, lifespan=LIFESPAN, timeout=TIMEOUT, cooldown_duration=COOLDOWN)

    def verify(self, token: str) -> Claims:
        """Raises TokenRefused or ProviderUnreachable."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:  # before the provider is asked for anything
                raise TokenRefused("its algorithm is not allowed")
            claims = jwt.decode(
                token,
                self._keys.get_signing_key(header.get("kid", "")),
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            return Claims.model_validate(claims)
        except PyJWKClientConnectionError as error:
            raise ProviderUnreachable("the keys of the token's issuer cannot be fetched") from error
        except PyJWTError as error:
            raise TokenRefused(type(error).__name__) from None
        except ValidationError as error:
            names = ", ".join(str(e["loc"][0]) for e in error.errors())
            raise TokenRefused(f"these claims are missing or not valid: {names}") from None


class _Keys(PyJWKClient):
    """PyJWT pauses between fetches only after one that went well; a provider that fails needs it more."""

    _failed_at = float("-inf")

    def fetch_data(self) -> Any:
        if time.monotonic() - self._failed_at < COOLDOWN:
            raise PyJWKClientConnectionError("the last fetch failed a moment ago")
        try:
            return super().fetch_data()
        except (PyJWTError, OSError, ValueError) as error:  # unreachable, cut short, or not JSON
            self._failed_at = time.monotonic()
            raise PyJWKClientConnectionError("the keys could not be fetched") from error
