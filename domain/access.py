"""Who may do what: the roles of API keys, the rights each has, and the life of a key."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import assert_never
from uuid import UUID

from domain.event import Event
from domain.refusal import Refusal


class Role(StrEnum):
    FRONT_DESK = "front_desk"
    MANAGER = "manager"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMIN = "admin"
    MACHINE = "machine"


class Right(StrEnum):
    READ_GUESTS = "guests:read"
    WRITE_GUESTS = "guests:write"
    IMPORT_GUESTS = "guests:import"
    ANONYMISE_GUESTS = "guests:anonymise"
    """Also to place a legal hold, and to lift it."""
    EXPORT_GUESTS = "guests:export"
    """All that is held on one guest, for the guest."""
    READ_HISTORY = "history:read"
    READ_SETTINGS = "settings:read"
    WRITE_SETTINGS = "settings:write"
    MANAGE_KEYS = "keys:manage"
    READ_FEEDBACK = "feedback:read"
    RECORD_FEEDBACK = "feedback:record"
    """Also to resolve it, and to record what was given outside complaints."""
    HANDLE_FEEDBACK = "feedback:handle"
    READ_REPORTS = "reports:read"
    RECEIVE_MAIL = "mail:receive"
    READ_EVENTS = "events:read"
    """What happens everywhere in the organisation, as other systems are told of it."""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.FRONT_DESK: frozenset(
        {
            Right.READ_GUESTS,
            Right.WRITE_GUESTS,
            Right.READ_SETTINGS,
            Right.READ_FEEDBACK,
            Right.RECORD_FEEDBACK,
            Right.HANDLE_FEEDBACK,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Right.READ_GUESTS,
            Right.WRITE_GUESTS,
            Right.IMPORT_GUESTS,
            Right.ANONYMISE_GUESTS,
            Right.EXPORT_GUESTS,
            Right.READ_HISTORY,
            Right.READ_SETTINGS,
            Right.READ_FEEDBACK,
            Right.RECORD_FEEDBACK,
            Right.HANDLE_FEEDBACK,
            Right.READ_REPORTS,
        }
    ),
    Role.ANALYST: frozenset({Right.READ_SETTINGS, Right.READ_REPORTS}),
    Role.AUDITOR: frozenset(
        {
            Right.READ_GUESTS,
            Right.ANONYMISE_GUESTS,
            Right.EXPORT_GUESTS,
            Right.READ_HISTORY,
            Right.READ_SETTINGS,
            Right.READ_FEEDBACK,
            Right.READ_REPORTS,
        }
    ),
    Role.ADMIN: frozenset(Right),
    Role.MACHINE: frozenset(
        {
            Right.READ_GUESTS,
            Right.WRITE_GUESTS,
            Right.IMPORT_GUESTS,
            Right.READ_SETTINGS,
            Right.READ_FEEDBACK,
            Right.RECORD_FEEDBACK,
            Right.RECEIVE_MAIL,
            Right.READ_EVENTS,
        }
    ),
}


class Forbidden(Refusal):
    """The caller is known but lacks a right, or the property is not among theirs."""

    code = "forbidden"


class Unauthenticated(Refusal):
    """No key, or one that is unknown, expired or revoked: which of these is not said."""

    code = "unauthenticated"


class KeyUnknown(Refusal):
    """There is no such key in this organisation."""

    code = "not-found"


class ApiKeyIssued(Event):
    """A key was made; the secret was shown once and only its SHA-256 is kept (it has 256 random bits)."""

    organisation_id: UUID
    name: str
    role: Role
    properties: tuple[UUID, ...] | None = None
    secret_hash: str
    expires_at: datetime | None = None


class ApiKeyChanged(Event):
    """A key got another name or another end; what it opens never changes."""

    name: str
    expires_at: datetime | None = None


class ApiKeyRevoked(Event):
    """From now on the key opens nothing."""


@dataclass(frozen=True)
class ApiKey:
    """A key as its events tell it; `properties` None means all of the organisation's."""

    id: UUID
    version: int = 0
    organisation_id: UUID | None = None
    name: str = ""
    role: Role = Role.ANALYST
    properties: frozenset[UUID] | None = frozenset()
    secret_hash: str = ""
    expires_at: datetime | None = None
    revoked: bool = False

    def opens_with(self, secret: str, now: datetime) -> bool:
        """Compares in constant time, and compares also when the key is unknown or over."""
        right_secret = hmac.compare_digest(hash_secret(secret), self.secret_hash)
        alive = self.version > 0 and not self.revoked and (self.expires_at is None or now < self.expires_at)
        return right_secret and alive


def hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


ApiKeyEvent = ApiKeyIssued | ApiKeyChanged | ApiKeyRevoked


def fold(key: ApiKey, events: Iterable[Event]) -> ApiKey:
    """An id that is another kind of stream's folds to a key that opens nothing."""
    for event in events:
        if not isinstance(event, ApiKeyEvent):
            return ApiKey(key.id)
        key = evolve(key, event)
    return key


def evolve(key: ApiKey, event: ApiKeyEvent) -> ApiKey:
    match event:
        case ApiKeyIssued():
            return ApiKey(
                id=event.originator_id,
                version=event.originator_version,
                organisation_id=event.organisation_id,
                name=event.name,
                role=event.role,
                properties=None if event.properties is None else frozenset(event.properties),
                secret_hash=event.secret_hash,
                expires_at=event.expires_at,
            )
        case ApiKeyChanged():
            return replace(key, version=event.originator_version, name=event.name, expires_at=event.expires_at)
        case ApiKeyRevoked():
            return replace(key, version=event.originator_version, revoked=True)
        case _:
            assert_never(event)


def change(key: ApiKey, name: str, expires_at: datetime | None) -> list[ApiKeyEvent]:
    if (name, expires_at) == (key.name, key.expires_at):
        return []
    return [ApiKeyChanged(originator_id=key.id, originator_version=key.version + 1, name=name, expires_at=expires_at)]


def revoke(key: ApiKey) -> list[ApiKeyEvent]:
    return [] if key.revoked else [ApiKeyRevoked(originator_id=key.id, originator_version=key.version + 1)]
