"""What every event is: a frozen, versioned fact at one place in one stream."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, TypedDict
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.personal import Owner

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class Event(BaseModel):
    """A fact. Subclasses are named in the past tense; their name is the type kept in the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: ClassVar[int] = 1
    upcasters: ClassVar[Mapping[int, Upcaster]] = {}
    """From each older schema version, the pure function that makes the next one's fields."""

    registry: ClassVar[dict[str, type["Event"]]] = {}
    personal: ClassVar[Mapping[str, Owner]] = {}

    originator_id: UUID
    originator_version: int

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        other = Event.registry.setdefault(cls.__name__, cls)
        if other.__module__ != cls.__module__:
            raise TypeError(f"two event types are named {cls.__name__}")
        cls.personal = {
            name: mark for name, field in cls.model_fields.items() for mark in field.metadata if isinstance(mark, Owner)
        }


class Place(TypedDict):
    """Where an event stands: the first two fields of each."""

    originator_id: UUID
    originator_version: int


class Metadata(BaseModel):
    """What the log knows of every event besides the fact itself. Holds no personal data of guests."""

    model_config = ConfigDict(frozen=True)

    recorded_at: datetime
    actor: str
    organisation_id: UUID
    property_id: UUID | None = None
    correlation_id: UUID
    causation_id: UUID | None = None
    reason: str | None = None
    traceparent: str | None = None
    """Where in a distributed trace it happened (W3C Trace Context)."""


class Recorded(NamedTuple):
    """An event as the log gives it back; personal fields are None where the person was forgotten."""

    position: int
    recorded_at: datetime
    organisation_id: UUID
    property_id: UUID | None
    actor: str
    correlation_id: UUID
    event: Event
    causation_id: UUID | None = None
    """What brought it about besides the person who asked: the import whose row it tells."""
    reason: str | None = None
    hash: bytes = b""
