"""An invitation as the read model keeps it, and what each event makes of it."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import NamedTuple
from uuid import UUID

from domain import inviting
from domain.event import Recorded
from domain.invitation import (
    About,
    Delay,
    InvitationBounced,
    InvitationEvent,
    InvitationScheduled,
    InvitationSent,
    LinkFollowed,
    Reason,
    ReviewWritten,
)
from domain.invitation_states import State
from domain.inviting import Invitation

REASONS: dict[str, Reason | Delay] = {reason.value: reason for kind in (Reason, Delay) for reason in kind}


class Row(NamedTuple):
    """A row of the table `invitation`, its columns in order."""

    organisation: UUID
    invitation: UUID
    version: int
    updated_at: datetime
    property: UUID
    guest: UUID
    stay: UUID
    message: str
    state: str = State.NOT_ENABLED
    due_at: datetime | None = None
    reason: str | None = None
    channel: str | None = None
    portal: str | None = None
    language: str | None = None
    sent_at: datetime | None = None
    remind_at: datetime | None = None
    reminder_asked: bool = False
    reminders: int = 0
    bounces: int = 0
    bounce_status: str | None = None
    clicked_at: datetime | None = None
    reviewed_at: datetime | None = None
    feedback: UUID | None = None


TYPES = (
    "uuid uuid int4 timestamptz uuid uuid uuid text text timestamptz text text text text timestamptz timestamptz bool"
    " int4 int4 text timestamptz timestamptz uuid"
)


def begun(recorded: Recorded, about: About) -> Row:
    """Before its first event, which says what it is about."""
    return Row(
        organisation=about.organisation_id,
        invitation=recorded.event.originator_id,
        version=0,
        updated_at=recorded.recorded_at,
        property=about.property_id,
        guest=about.guest_id,
        stay=about.stay_id,
        message=about.message,
    )


def evolve(row: Row, recorded: Recorded) -> Row:
    """The row after an event of its invitation."""
    event, at = recorded.event, recorded.recorded_at
    assert isinstance(event, InvitationEvent)  # its stream has no others
    now = inviting.evolve(_as_domain(row), event)
    if isinstance(event, InvitationScheduled | ReviewWritten):
        row = row._replace(property=event.about.property_id)  # a stay can be corrected to another one
    row = row._replace(
        version=now.version,
        updated_at=at,
        state=now.state,
        due_at=now.due_at,
        reason=now.reason,
        remind_at=now.remind_at,
        reminder_asked=now.asked_for_reminder,
        reminders=now.reminders,
        bounces=now.bounces,
        feedback=now.feedback_id,
    )
    match event:
        case InvitationSent():
            return row._replace(channel=event.channel, portal=event.portal, language=event.language, sent_at=at)
        case InvitationBounced():
            return row._replace(bounce_status=event.status)
        case LinkFollowed():
            return row._replace(clicked_at=at)
        case ReviewWritten():
            return row._replace(reviewed_at=at)
    return row


def row_of(recorded: Sequence[Recorded]) -> Row:
    """The invitation whose events these are, from the first on, as lists will show it once they know of all."""
    first = recorded[0].event
    if not isinstance(first, InvitationScheduled | ReviewWritten):
        raise TypeError(f"an invitation does not begin with a {type(first).__name__}")
    return reduce(evolve, recorded, begun(recorded[0], first.about))


def _as_domain(row: Row) -> Invitation:
    """As far as the next event depends on it."""
    return Invitation(
        row.invitation,
        version=row.version,
        state=State(row.state),
        due_at=row.due_at,
        reason=REASONS[row.reason] if row.reason else None,
        remind_at=row.remind_at,
        asked_for_reminder=row.reminder_asked,
        reminders=row.reminders,
        bounces=row.bounces,
        feedback_id=row.feedback,
    )
