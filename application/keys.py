"""Commands about API keys, and telling from a token who calls."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.caller import Caller, require_version
from application.organisation import load_property
from application.ports import Ports
from application.races import persistently
from domain import access
from domain.access import (
    ApiKey,
    ApiKeyEvent,
    ApiKeyIssued,
    ApiKeyRevoked,
    Forbidden,
    KeyUnknown,
    Right,
    Role,
    Unauthenticated,
    hash_secret,
)

PREFIX = "hote_"
ID_CHARACTERS = 22
"""Of the key's id in base64url; the secret follows."""


@dataclass(frozen=True)
class IssuedKey:
    """`token` is shown once and cannot be found again."""

    id: UUID
    token: str
    position: int


def issue_key(
    ports: Ports,
    caller: Caller,
    *,
    name: str,
    role: Role,
    properties: Sequence[UUID] | None = None,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Raises Forbidden, also when the key would reach further than the caller's own; PropertyUnknown."""
    caller.require(Right.MANAGE_KEYS)
    if not caller.covers(properties):
        raise Forbidden("A key limited to some properties can only issue keys for these.")
    for property_id in properties or ():
        load_property(ports, caller, property_id)
    key_id, secret = ports.new_id(), secrets.token_urlsafe(32)
    issued = ApiKeyIssued(
        originator_id=key_id,
        originator_version=1,
        organisation_id=caller.organisation_id,
        name=name,
        role=role,
        properties=None if properties is None else tuple(properties),
        secret_hash=hash_secret(secret),
        expires_at=expires_at,
    )
    position = ports.log.append([issued], caller.metadata(ports.now()))
    return IssuedKey(key_id, PREFIX + urlsafe_b64encode(key_id.bytes).decode().rstrip("=") + secret, position)


@dataclass(frozen=True)
class KeyRecord:
    """A key with when it was issued, and revoked if it was, and the position of its last event."""

    key: ApiKey
    created_at: datetime
    revoked_at: datetime | None
    position: int


def read_key(ports: Ports, caller: Caller, key_id: UUID) -> KeyRecord:
    """Raises KeyUnknown, also for one that reaches further than the caller's own; Forbidden."""
    caller.require(Right.MANAGE_KEYS)
    recorded = ports.log.stream(key_id)
    key = access.fold(ApiKey(key_id), (each.event for each in recorded))
    if key.organisation_id != caller.organisation_id or not caller.covers(key.properties):
        raise KeyUnknown("There is no such key.")
    revoked_at = next((each.recorded_at for each in recorded if isinstance(each.event, ApiKeyRevoked)), None)
    return KeyRecord(key, recorded[0].recorded_at, revoked_at, recorded[-1].position)


def change_key(
    ports: Ports,
    caller: Caller,
    key_id: UUID,
    decide: Callable[[ApiKey], Sequence[ApiKeyEvent]],
    *,
    expected: int | None = None,
) -> None:
    """Does with a key as `decide` says. Raises KeyUnknown, VersionMismatch, ConcurrentChange, Forbidden."""

    def attempt() -> None:
        key = read_key(ports, caller, key_id).key
        require_version(key.version, expected)
        if events := decide(key):
            ports.log.append(events, caller.metadata(ports.now()))

    persistently(attempt)


def authenticate(ports: Ports, token: str, correlation_id: UUID) -> Caller:
    """Who holds this API key. Raises Unauthenticated, whatever is wrong with it."""
    refused = Unauthenticated("A valid API key is needed: Authorization: Bearer hote_…")
    if not token.startswith(PREFIX):
        raise refused
    encoded, secret = token[len(PREFIX) :][:ID_CHARACTERS], token[len(PREFIX) + ID_CHARACTERS :]
    try:
        key_id = UUID(bytes=urlsafe_b64decode(encoded + "=="))
    except (NotBase64, ValueError) as error:
        raise refused from error
    key = access.fold(ApiKey(key_id), (each.event for each in ports.log.stream(key_id)))
    if not key.opens_with(secret, ports.now()) or key.organisation_id is None:
        raise refused
    return Caller(key.organisation_id, f"key:{key.id}", key.role, key.properties, correlation_id)
