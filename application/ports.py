"""What handlers need from outside: the log, the clock, fresh ids, and what a caller may see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.contact import Profile
from domain.erasure import Destroyed
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
    """E-mail addresses and phone numbers an append takes for guests, and gives up. See contacts.identities.

    Pending arrivals tell of `announced`, until they are `answered`: several can tell of one, whosever it is.
    """

    taken: Sequence[tuple[str, UUID]] = ()
    released: Sequence[str] = ()
    announced: Sequence[tuple[str, UUID]] = ()
    answered: Sequence[tuple[str, UUID]] = ()


NO_IDENTITIES = Identities()


class Forgetting(NamedTuple):
    """Somebody to be forgotten: a guest, or a feedback, quality cost or arrival that is sealed under a key of its own.

    By `profiles`, every one a guest ever had, rows of imports that tell of them are found; without any nobody looks
    for them there: for a guest who is only taken off the list. `belongings` are those by which this was decided.
    """

    subject_id: UUID
    profiles: Sequence[Profile] = ()
    belongings: Mapping[UUID, int] = {}


class Log(Protocol):
    """The event log, as handlers see it."""

    def stream(self, stream: UUID, *, as_of: datetime | None = None) -> list[Recorded]:
        """A stream's events oldest first, or those before the first recorded after a moment; none for an unknown id."""

    def streams(self, streams: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        """Many streams at once; those without events are left out."""

    def belongings(self, guest_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
        """The streams of feedback and quality costs of each guest who has any, oldest first, with their versions."""

    def append(self, events: Sequence[Event], metadata: Metadata, identities: Identities = NO_IDENTITIES) -> int:
        """All or nothing; gives the last position.

        Raises ConcurrentChange when a stream has moved on, IdentityTaken.
        """

    def forget(
        self,
        subjects: Sequence[Forgetting],
        events: Callable[[Mapping[UUID, Destroyed]], Sequence[Event]],
        metadata: Metadata,
        identities: Identities = NO_IDENTITIES,
    ) -> int:
        """Appends as `append` does, and with that destroys the subjects' keys and what tells of them elsewhere.

        Gone are rows and files of imports, and first answers kept for clients. `events` is given what was destroyed
        of each. All of it is one transaction.

        Raises as append, and ConcurrentChange when a key is destroyed already, or a belonging has moved on.
        """

    def owners(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, UUID]:
        """Whose each identity is, where it is anybody's."""

    def announcing(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, list[UUID]]:
        """The pending arrivals that tell of each identity, where any does, oldest first."""


class MailRefused(Exception):
    """A mail will never be taken; `status` is the server's reply code (RFC 5321), and `told` what it said with it.

    That often names the recipient: it is for judging, and not for the log.
    """

    def __init__(self, status: int, told: str = "") -> None:
        super().__init__(f"refused with {status}")
        self.status = status
        self.told = told


class MailDelayed(Exception):
    """A mail was not taken now, and may be later. The message is fit for the log: it names nobody.

    `perhaps_taken` is one of which nobody knows, for the server was cut off before it answered.
    """

    def __init__(self, why: str, *, perhaps_taken: bool = False) -> None:
        super().__init__(why)
        self.perhaps_taken = perhaps_taken


class Mail(Protocol):
    """Where mails leave, each to one recipient."""

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:
        """What cannot be delivered comes back to `return_path`, else to the sender. Raises MailRefused, MailDelayed."""

    def close(self) -> None:
        """Ends what was kept open for the next mail."""


class SmsRefused(Exception):
    """An SMS will never be taken; `status` is the gateway's HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


class SmsDelayed(Exception):
    """An SMS was not taken now, and may be later; `perhaps_taken` as of a mail. The message is fit for the log."""

    def __init__(self, why: str, *, perhaps_taken: bool = False) -> None:
        super().__init__(why)
        self.perhaps_taken = perhaps_taken


class Sms(Protocol):
    """Where SMS leave."""

    def send(self, to: str, text: str, key: str) -> None:
        """To a number in E.164. With the same key again, it is the same SMS, which nobody gets twice.

        Raises SmsRefused, SmsDelayed.
        """


@dataclass(frozen=True)
class Ports:
    """Everything a handler may use besides the domain."""

    log: Log
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    """UUIDv7."""
