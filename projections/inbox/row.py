"""A feedback as the inbox keeps it, and what each event makes of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.erasure import WordsErased
from domain.event import Recorded
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
    ReplyWritten,
    ReviewRevised,
    Words,
)
from domain.handling import Category, Folder
from domain.money import total

CATEGORIES = (Category.NEW, Category.ALERT, Category.ON_HOLD)
"""By urgency, 0 to 2."""


class Row(NamedTuple):
    """A row of the table `feedback`, its columns in order."""

    organisation: UUID
    feedback: UUID
    property: UUID
    version: int
    position: int
    created_at: datetime
    updated_at: datetime
    subject: UUID
    guest: UUID | None
    origin: str
    kind: str
    said_at: datetime
    day: date
    code: UUID | None
    room: str | None
    employee: UUID | None
    emoji: str | None
    given: Decimal | None
    scale: int | None
    portal: str | None
    language: str | None
    alert: bool
    words: str | None
    resolved_at: datetime | None = None
    resolved_on: date | None = None
    satisfaction: int | None = None
    total: int | None = None
    proposed: int | None = None
    currency: str | None = None
    folder: str = Folder.INBOX
    urgency: int = 0
    held: bool = False
    holder: str | None = None
    claimed_for: UUID | None = None
    assigned_to: UUID | None = None
    delegated_to: str | None = None
    answered_at: datetime | None = None
    waiting: bool = True
    clock: list[datetime] = []  # noqa: RUF012  never changed, only replaced


TYPES = (
    "uuid uuid uuid int4 int8 timestamptz timestamptz uuid uuid text text timestamptz date uuid text uuid text numeric"
    " int4 text text bool text timestamptz date int4 int8 int8 text text int2 bool text uuid uuid text timestamptz bool"
    " timestamptz[]"
)


def begun(recorded: Recorded, event: FeedbackRecorded) -> Row:
    at = recorded.recorded_at
    row = Row(
        organisation=event.organisation_id,
        feedback=event.originator_id,
        property=event.property_id,
        version=event.originator_version,
        position=recorded.position,
        created_at=at,
        updated_at=at,
        subject=event.subject_id,
        guest=event.guest_id,
        origin=event.origin,
        kind=event.kind,
        said_at=event.said_at,
        day=event.day,
        code=event.code_id,
        room=event.room,
        employee=event.employee_id,
        emoji=event.emoji,
        given=event.rating.given if event.rating else None,
        scale=event.rating.scale if event.rating else None,
        portal=event.portal,
        language=event.language,
        alert=event.alert,
        words=_readable(event.words),
    )
    return _in_category(row, at)


def evolve(row: Row, recorded: Recorded) -> Row:
    """The row after an event of its feedback that is not the first."""
    event, at = recorded.event, recorded.recorded_at
    row = row._replace(version=event.originator_version, position=recorded.position, updated_at=at)
    match event:
        case ReviewRevised():
            if event.alert and not row.alert and row.folder == Folder.DONE:
                row = _back(row)
            row = row._replace(
                kind=event.kind,
                given=event.rating.given,
                scale=event.rating.scale,
                alert=event.alert,
                words=_readable(event.words),
            )
        case CompensationProposed():
            row = row._replace(proposed=total(event.items), currency=event.currency)
        case CompensationRefused():
            row = row._replace(proposed=None)
        case FeedbackResolved():
            row = _handled(row, Folder.DONE)._replace(
                resolved_at=at,
                resolved_on=event.day,
                satisfaction=event.satisfaction,
                total=total(event.items),
                proposed=None,
                currency=event.currency,
            )
        case FeedbackReopened():
            row = _back(row)._replace(resolved_at=None, resolved_on=None, satisfaction=None, total=None, currency=None)
        case FeedbackClaimed():
            row = row._replace(holder=event.holder, claimed_for=event.employee_id)
        case FeedbackReleased():
            row = row._replace(holder=None, claimed_for=None)
        case FeedbackTransferred():
            row = row._replace(assigned_to=event.employee_id, holder=None, claimed_for=None)
        case FeedbackDelegated():
            row = row._replace(delegated_to=event.address, holder=None, claimed_for=None)
        case FeedbackHeld():
            row = row._replace(held=True)
        case FeedbackResumed():
            row = row._replace(held=False)
        case FeedbackDone():
            row = _handled(row, Folder.DONE)
        case FeedbackMarkedSpam():
            row = _handled(row, Folder.SPAM)
        case FeedbackRestored():
            row = _back(row)
        case ReplyWritten() | CallRecorded(outcome=CallOutcome.REACHED):
            row = row._replace(answered_at=at, waiting=False)
        case GuestReplied() if row.folder != Folder.SPAM:
            row = _back(row)
        case WordsErased():
            row = without_words(row)
    return _in_category(row, at)


def without_words(row: Row) -> Row:
    """Once who said it was forgotten."""
    return row._replace(words=None, delegated_to=None)


def _readable(words: Words | None) -> str | None:
    return words.model_dump_json(exclude={"email"}, exclude_none=True) if words else None


def _handled(row: Row, folder: Folder) -> Row:
    return row._replace(folder=folder, holder=None, claimed_for=None, held=False, waiting=False)


def _back(row: Row) -> Row:
    return row._replace(folder=Folder.INBOX, waiting=True)


def _in_category(row: Row, at: datetime) -> Row:
    """With what follows from the rest: its urgency, and whether the response clock runs."""
    row = row._replace(urgency=2 if row.held else 1 if row.alert else 0)
    runs = row.waiting and not row.held
    if runs == len(row.clock) % 2:
        return row
    # Servers' clocks differ: the second of two events may seem to be the earlier.
    return row._replace(clock=[*row.clock, max([at, *row.clock[-1:]])])
