"""Feedback kept plainly beside the read model, and anything that can happen to it, to compare answers with."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from domain.erasure import WordsErased
from domain.event import Event, Recorded
from domain.feedback import (
    CallOutcome,
    CallRecorded,
    CompensationProposed,
    CompensationRefused,
    FeedbackClaimed,
    FeedbackDelegated,
    FeedbackDone,
    FeedbackHeld,
    FeedbackMarkedSpam,
    FeedbackRecorded,
    FeedbackReleased,
    FeedbackReopened,
    FeedbackResolved,
    FeedbackRestored,
    FeedbackResumed,
    FeedbackTransferred,
    GuestReplied,
    Kind,
    Origin,
    ReplyWritten,
    ReviewRevised,
    Words,
)
from domain.guest_events import GuestAnonymised, GuestDeleted
from projections.folding import create
from projections.guest_list.fold import GuestList
from projections.inbox.fold import Inbox
from projections.settings.fold import Settings

HOTEL = UUID(int=1)
PROPERTIES = [UUID(int=number) for number in (11, 12, 13)]
GUESTS = [UUID(int=number) for number in (21, 22, 23, 24)]
CODES = [UUID(int=number) for number in (31, 32)]
STAFF = [UUID(int=number) for number in (41, 42)]
ROOMS = ["101", "102", None]
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
PUTS_AWAY = (FeedbackResolved, FeedbackDone, FeedbackMarkedSpam)


@contextmanager
def prepared(database: str) -> Iterator[Connection[TupleRow]]:
    """A connection to the database, with the inbox, empty, and what its lists take names from."""
    with psycopg.connect(database, autocommit=True) as connection:
        for projection in (Settings(), GuestList(), Inbox()):
            with connection.transaction(), connection.cursor() as cursor:
                create(cursor, projection, projection.name)
                cursor.execute(projection.indexes.encode())
        yield connection


@dataclass
class Told:
    """A feedback as a plain program keeps it: all that happened, from which everything else is told anew.

    `said` is as the guest would have it now.
    """

    said: FeedbackRecorded
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    forgotten: bool = False

    @property
    def id(self) -> UUID:
        return self.said.originator_id

    @property
    def folder(self) -> str:
        folder, alert = "inbox", True
        for _, event in self.events:
            match event:
                case FeedbackRecorded() | ReviewRevised():
                    if folder == "done" and event.alert and not alert:
                        folder = "inbox"
                    alert = event.alert
                case FeedbackResolved() | FeedbackDone():
                    folder = "done"
                case FeedbackMarkedSpam():
                    folder = "spam"
                case FeedbackReopened() | FeedbackRestored():
                    folder = "inbox"
                case GuestReplied() if folder == "done":
                    folder = "inbox"
        return folder

    def last(self, *kinds: type[Event]) -> Any:
        """The last event of these kinds, if there is any."""
        return next((event for _, event in reversed(self.events) if isinstance(event, kinds)), None)

    @property
    def held(self) -> bool:
        return isinstance(self.last(FeedbackHeld, FeedbackResumed, *PUTS_AWAY), FeedbackHeld)

    @property
    def category(self) -> str:
        return "on_hold" if self.held else "alert" if self.said.alert else "new"

    @property
    def urgency(self) -> int:
        return ["new", "alert", "on_hold"].index(self.category)

    @property
    def resolution(self) -> FeedbackResolved | None:
        last = self.last(FeedbackResolved, FeedbackReopened)
        return last if isinstance(last, FeedbackResolved) else None

    @property
    def proposal(self) -> CompensationProposed | None:
        last = self.last(CompensationProposed, CompensationRefused, FeedbackResolved)
        return last if isinstance(last, CompensationProposed) else None

    @property
    def claim(self) -> FeedbackClaimed | None:
        over = (FeedbackReleased, FeedbackTransferred, FeedbackDelegated, *PUTS_AWAY)
        last = self.last(FeedbackClaimed, *over)
        return last if isinstance(last, FeedbackClaimed) else None

    @property
    def assigned_to(self) -> UUID | None:
        last = self.last(FeedbackTransferred)
        return last.employee_id if last else None

    @property
    def delegated_to(self) -> str | None:
        last = self.last(FeedbackDelegated)
        return last.address if last and not self.forgotten else None

    @property
    def clock(self) -> list[datetime]:
        """Recounted event by event: whether the guest waits, whether handling does, and when that changed."""
        moments = [self.events[0][0]]
        waits, held, folder, alert = True, False, "inbox", True
        for at, event in self.events:
            match event:
                case FeedbackRecorded() | ReviewRevised():
                    if folder == "done" and event.alert and not alert:
                        waits, folder = True, "inbox"
                    alert = event.alert
                case ReplyWritten() | CallRecorded(outcome=CallOutcome.REACHED):
                    waits = False
                case FeedbackResolved() | FeedbackDone() | FeedbackMarkedSpam():
                    waits, held = False, False
                    folder = "spam" if isinstance(event, FeedbackMarkedSpam) else "done"
                case FeedbackReopened() | FeedbackRestored():
                    waits, folder = True, "inbox"
                case GuestReplied() if folder != "spam":
                    waits, folder = True, "inbox"
                case FeedbackHeld():
                    held = True
                case FeedbackResumed():
                    held = False
            if (len(moments) % 2 == 1) != (waits and not held):
                moments.append(at)
        return moments

    @property
    def words(self) -> dict[str, str] | None:
        if self.forgotten or self.said.words is None:
            return None
        return self.said.words.model_dump(exclude={"email"}, exclude_none=True)

    def shown_in_overview(self, since: date) -> bool:
        if self.folder == "spam":
            return False
        return self.resolution.day >= since if self.resolution else self.folder == "inbox"


class House:
    """Feedback of an organisation: told to the read model as events, and kept plainly to compare."""

    def __init__(self, connection: Connection[TupleRow], random: Random) -> None:
        self.connection = connection
        self.random = random
        self.all: dict[UUID, Told] = {}
        self.forgotten: set[UUID] = set()
        self.untold: list[Recorded] = []
        self.minutes = 0

    def say(self, **fields: Any) -> UUID:
        feedback = UUID(int=self.random.getrandbits(128))
        known = fields.pop("guest_id", None)
        said_at = START + timedelta(minutes=self.random.randrange(10_000))
        said = FeedbackRecorded(
            **{
                "originator_id": feedback,
                "originator_version": 1,
                "organisation_id": HOTEL,
                "property_id": self.random.choice(PROPERTIES),
                "subject_id": known or feedback,
                "guest_id": known,
                "origin": Origin.STAFF,
                "kind": Kind.NEGATIVE,
                "said_at": said_at,
                "day": said_at.date(),
                "alert": False,
                "words": Words(comment="Travaux", email="zoe@example.com"),
            }
            | fields
            | ({"words": None} if known in self.forgotten else {})
        )
        self.all[feedback] = Told(said)
        self.happens(feedback, said)
        return feedback

    def does(self, feedback: UUID, kind: Callable[..., Event], /, **fields: Any) -> None:
        version = len(self.all[feedback].events) + 1
        self.happens(feedback, kind(originator_id=feedback, originator_version=version, **fields))

        if kind is ReviewRevised:
            told = {name: value for name, value in fields.items() if name != "subject_id"}
            self.all[feedback].said = self.all[feedback].said.model_copy(update=told)

    def happens(self, feedback: UUID, event: Event) -> None:
        self.minutes += 1
        at = START + timedelta(minutes=self.minutes)
        self.all[feedback].events.append((at, event))
        self._recorded(at, event)

    def erase(self, feedback: UUID) -> None:
        self.does(feedback, WordsErased, erasure_id=UUID(int=5))
        self.all[feedback].forgotten = True

    def forget(self, guest: UUID, *, deleted: bool = False) -> None:
        self.minutes += 1
        gone = {"originator_id": guest, "originator_version": 9}
        event = GuestDeleted(**gone) if deleted else GuestAnonymised(**gone, erasure_id=UUID(int=5))
        self._recorded(START + timedelta(minutes=self.minutes), event)
        self.forgotten.add(guest)
        for told in self.all.values():
            told.forgotten |= told.said.guest_id == guest

    def tell(self, batch: int = 1_000) -> None:
        """Gives the read model what happened since the last time, in batches of this size."""
        while self.untold:
            now, self.untold = self.untold[:batch], self.untold[batch:]
            with self.connection.transaction(), self.connection.cursor() as cursor:
                cursor.execute("SET LOCAL search_path TO inbox, public")
                Inbox().apply(cursor, now)

    def _recorded(self, at: datetime, event: Event) -> None:
        self.untold.append(Recorded(self.minutes, at, HOTEL, None, "test", UUID(int=0), event))

    def inbox(self, folder: str, properties: Collection[UUID]) -> list[Told]:
        """Those of a folder, in the order in which they are to be handled."""
        found = [told for told in self.all.values() if told.folder == folder and told.said.property_id in properties]
        return sorted(found, key=lambda told: (told.urgency, told.said.said_at, told.id), reverse=True)

    def newest(self, properties: Collection[UUID]) -> list[Told]:
        found = [told for told in self.all.values() if told.said.property_id in properties]
        return sorted(found, key=lambda told: (told.said.said_at, told.id), reverse=True)
