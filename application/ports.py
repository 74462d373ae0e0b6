"""What handlers need from outside: the log, the clock, fresh ids, and what a caller may see."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.event import Event, Metadata, Recorded
from domain.refusal import Refusal


class ConcurrentChange(Refusal):
    """Somebody else changed the same thing at the same moment, again and again."""

    code = "conflict"


class IdentityTaken(Refusal):
    """An e-mail address or phone number belongs to another guest; `members` hold their `guest_id`."""

    code = "identity-taken"


@dataclass(frozen=True)
class Identities:
    """E-mail addresses and phone numbers an append takes for guests, and gives up. See contacts.identities."""

    taken: Sequence[tuple[str, UUID]] = ()
    released: Sequence[str] = ()


NO_IDENTITIES = Identities()


class Log(Protocol):
    """The event log, as handlers see it."""

    def stream(self, stream: UUID, *, as_of: datetime | None = None) -> list[Recorded]:
        """A stream's events oldest first, or those of them recorded by a moment; none for an unknown id."""

    def streams(self, streams: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        """Many streams at once; those without events are left out."""

    def append(
        self,
        events: Sequence[Event],
        metadata: Metadata,
        identities: Identities = NO_IDENTITIES,
        forget: Sequence[UUID] = (),
    ) -> int:
        """All or nothing; gives the last position. `forget` destroys the keys of guests.

        Raises ConcurrentChange when a stream has moved on, IdentityTaken.
        """

    def owners(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, UUID]:
        """Whose each identity is, where it is anybody's."""


@dataclass(frozen=True)
class Ports:
    """Everything a handler may use besides the domain."""

    log: Log
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    """UUIDv7."""
