"""The command about what guests say: record it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from application.caller import Caller
from application.catalogue import problems_with
from application.form import Form
from application.guest_records import load_guest
from application.organisation import load_property
from application.ports import Ports
from application.problem_texts import InvalidInput, problem
from application.settling import ResolutionEntry, settled
from domain import guest as guests
from domain import handling
from domain.access import Right
from domain.contact import FieldProblem
from domain.feedback import FeedbackEvent, FeedbackRecorded, Kind, Origin, Rating, Words
from domain.handling import Feedback
from domain.label import Label
from domain.policies.alerting import is_alert, kind_of
from domain.property import Email, Language, Property, Room
from domain.prose import Plain, Prose

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=5)
"""By so much the clock of a client may be ahead of ours."""


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
    emoji: Annotated[Label, Field(max_length=16), Plain] | None = None
    resolution: ResolutionEntry | None = None
    origin: Origin = Origin.STAFF
    rating: Rating | None = None
    title: Annotated[Label, Field(max_length=300), Plain] | None = None
    portal: Annotated[Label, Field(max_length=60), Plain] | None = None
    language: Language | None = None
    author: Annotated[Label, Field(max_length=200), Plain] | None = None
    email: Email | None = None
    said_at: Annotated[AwareDatetime, Field(ge=EARLIEST)] | None = None

    @property
    def told_kind(self) -> Kind | None:
        """The kind, else that of the rating; None where neither was told."""
        return kind_of(self.rating.score) if self.kind is None and self.rating else self.kind


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
    if entry.said_at and entry.said_at > now + SKEW:
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
        day=hotel.settings.local_day(said_at),
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


def problems_with_room(hotel: Property, room: str | None) -> list[FieldProblem]:
    """A property that has told its rooms takes no others."""
    rooms = hotel.settings.rooms
    return [problem("/room", "room-unknown")] if room and rooms and room not in rooms else []
