"""What guests say: recording it, reading it, and what all commands on it share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from application.caller import Caller, require_version
from application.catalogue import GivenEntry, given_items, problems_with
from application.guest_records import load_guest
from application.guests import InvalidInput
from application.organisation import load_property
from application.ports import Ports
from application.problem_texts import problem
from application.races import persistently
from domain import guest as guests
from domain import handling, settling
from domain.access import Forbidden, Right
from domain.contact import FieldProblem
from domain.event import Recorded
from domain.feedback import FeedbackEvent, FeedbackRecorded, Kind, Origin, Rating, Words
from domain.guest import GuestForgotten
from domain.handling import Feedback, FeedbackUnknown
from domain.label import Label
from domain.money import total
from domain.policies.alerting import is_alert, kind_of
from domain.policies.compensation import may_give, who_may
from domain.policies.overview import local_day
from domain.property import Email, Language, Property, Room
from domain.prose import Prose
from domain.settling import Settlement

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResolutionEntry(Form):
    """What was done and given; `satisfaction` of the guest afterwards, 1 to 5."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"item_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b02", "quantity": 1}],
                    "comment": "Changement de chambre, petit déjeuner offert",
                    "satisfaction": 4,
                }
            ]
        }
    )

    items: Annotated[list[GivenEntry], Field(max_length=100)] = []
    comment: Prose | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None


class FeedbackEntry(Form):
    """A feedback as staff record it, or as a program hands on what a guest wrote.

    `kind` can be left to the rating. `author` and `email` are of somebody who is no known guest. `said_at` is now
    where it is not given.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "property_id": "0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11",
                    "kind": "negative",
                    "code_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b01",
                    "room": "104",
                    "comment": "Travaux dès 7 h",
                    "emoji": "😠",
                }
            ]
        }
    )

    property_id: UUID
    kind: Kind | None = None
    code_id: UUID | None = None
    room: Room | None = None
    guest_id: UUID | None = None
    employee_id: UUID | None = None
    comment: Prose | None = None
    emoji: Annotated[Label, Field(max_length=16)] | None = None
    resolution: ResolutionEntry | None = None
    origin: Origin = Origin.STAFF
    rating: Rating | None = None
    title: Annotated[Label, Field(max_length=300)] | None = None
    portal: Annotated[Label, Field(max_length=60)] | None = None
    language: Language | None = None
    author: Annotated[Label, Field(max_length=200)] | None = None
    email: Email | None = None
    said_at: Annotated[AwareDatetime, Field(ge=EARLIEST)] | None = None

    @property
    def told_kind(self) -> Kind | None:
        """The kind, else that of the rating; None where neither was told."""
        return kind_of(self.rating.score) if self.kind is None and self.rating else self.kind


@dataclass(frozen=True)
class FeedbackRecord:
    """A feedback, also one nobody has heard of, with the events that told of it."""

    feedback: Feedback
    recorded: Sequence[Recorded]

    @property
    def position(self) -> int:
        return self.recorded[-1].position

    def telling(self, event: FeedbackEvent) -> Recorded:
        """One of its events, with when it was recorded and who brought it about."""
        return self.recorded[event.originator_version - 1]


def load_feedback(ports: Ports, caller: Caller, feedback_id: UUID) -> FeedbackRecord:
    """Raises FeedbackUnknown, also for one at a property that the caller's key does not reach."""
    recorded = ports.log.stream(feedback_id)
    feedback = handling.fold(Feedback(feedback_id), (each.event for each in recorded))
    if feedback.said.organisation_id != caller.organisation_id or not caller.sees([feedback.said.property_id]):
        raise FeedbackUnknown("There is no such feedback.")
    return FeedbackRecord(feedback, recorded)


def read_feedback(ports: Ports, caller: Caller, feedback_id: UUID) -> FeedbackRecord:
    """Raises FeedbackUnknown, Forbidden."""
    caller.require(Right.READ_FEEDBACK)
    return load_feedback(ports, caller, feedback_id)


def record_feedback(ports: Ports, caller: Caller, entry: FeedbackEntry) -> tuple[UUID, int]:
    """The new feedback's id and the position.

    Raises InvalidInput, PropertyUnknown, GuestUnknown, GuestForgotten, ConcurrentChange, Forbidden.
    """
    caller.require(Right.RECORD_FEEDBACK)
    hotel = load_property(ports, caller, entry.property_id)
    now = ports.now()
    items = entry.resolution.items if entry.resolution else ()
    wrong = problems_with(ports, hotel, entry.code_id, entry.employee_id, items, "/resolution/items")
    wrong += problems_with_room(hotel, entry.room)
    if entry.said_at and entry.said_at > now:
        wrong.append(problem("/said_at", "in-the-future"))
    kind = entry.told_kind
    if kind is None:
        wrong.append(problem("/kind", "missing"))
    if wrong or kind is None:
        raise InvalidInput(wrong)
    if entry.guest_id:
        guests.require(load_guest(ports, caller, entry.guest_id).guest)
    recorded = _recorded(ports, caller, hotel, entry, kind, entry.said_at or now)
    events: list[FeedbackEvent] = [recorded]
    if entry.resolution:
        begun = handling.evolve(Feedback(recorded.originator_id), recorded)
        events += settled(ports, caller, hotel, begun, entry.resolution)
    return recorded.originator_id, ports.log.append(events, caller.metadata(now, property_id=hotel.id))


def _recorded(
    ports: Ports, caller: Caller, hotel: Property, entry: FeedbackEntry, kind: Kind, said_at: datetime
) -> FeedbackRecorded:
    score = entry.rating.score if entry.rating else None
    words = Words(title=entry.title, comment=entry.comment, author=entry.author, email=entry.email)
    feedback_id = ports.new_id()
    return FeedbackRecorded(
        originator_id=feedback_id,
        originator_version=1,
        organisation_id=caller.organisation_id,
        property_id=hotel.id,
        subject_id=entry.guest_id or feedback_id,
        guest_id=entry.guest_id,
        origin=entry.origin,
        kind=kind,
        said_at=said_at,
        day=local_day(said_at, hotel.settings.zone),
        code_id=entry.code_id,
        room=entry.room,
        employee_id=entry.employee_id,
        emoji=entry.emoji,
        rating=entry.rating,
        portal=entry.portal,
        language=entry.language,
        alert=is_alert(kind, score, hotel.settings.feedback.alert_threshold),
        words=words if any(value is not None for _, value in words) else None,
    )


def decide(
    ports: Ports,
    caller: Caller,
    right: Right,
    feedback_id: UUID,
    decision: Callable[[FeedbackRecord], list[FeedbackEvent]],
    *,
    words: bool,
    expected: int | None = None,
) -> int:
    """Appends what is decided, and gives the position, that of the last event where there is nothing to append.

    `words` is whether something would be written of the guest. Raises FeedbackUnknown, GuestForgotten,
    VersionMismatch, ConcurrentChange, Forbidden, and what the decision raises.
    """
    caller.require(right)

    def attempt() -> int:
        record = load_feedback(ports, caller, feedback_id)
        require_version(record.feedback.version, expected)
        if words:
            _require_writable(ports, record.feedback)
        events = decision(record)
        metadata = caller.metadata(ports.now(), property_id=record.feedback.said.property_id)
        return ports.log.append(events, metadata) if events else record.position

    return persistently(attempt)


def _require_writable(ports: Ports, feedback: Feedback) -> None:
    """Raises GuestForgotten where what is written could never be read."""
    forgotten = feedback.erasure_id is not None
    if feedback.said.guest_id:
        told = (each.event for each in ports.log.stream(feedback.said.guest_id))
        guest = guests.fold(guests.Guest(feedback.said.guest_id), told)
        forgotten = guest.anonymised or guest.deleted
    if forgotten:
        raise GuestForgotten("Who said this was forgotten; nothing more can be written of them.")


def problems_with_room(hotel: Property, room: str | None) -> list[FieldProblem]:
    """A property that has told its rooms takes no others."""
    rooms = hotel.settings.rooms
    return [problem("/room", "room-unknown")] if room and rooms and room not in rooms else []


def settled(
    ports: Ports, caller: Caller, hotel: Property, feedback: Feedback, entry: ResolutionEntry
) -> list[FeedbackEvent]:
    """What an entry without problems comes to."""
    items = given_items(ports, hotel, entry.items)
    settlement = Settlement(
        day=local_day(ports.now(), hotel.settings.zone),
        currency=hotel.settings.currency,
        items=items,
        satisfaction=entry.satisfaction,
        comment=entry.comment,
    )
    within_limit = may_give(hotel.settings.feedback.compensation_limits, caller.role, total(items))
    return settling.settle(feedback, settlement, within_limit=within_limit)


def require_may_give(caller: Caller, hotel: Property, amount: int) -> None:
    """Raises Forbidden, naming who may give so much; minor units."""
    limits = hotel.settings.feedback.compensation_limits
    if not may_give(limits, caller.role, amount):
        others = ", ".join(who_may(limits, amount))
        raise Forbidden(f"The role {caller.role} may not give so much. Ask one of these: {others}.", roles=others)
