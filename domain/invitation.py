"""An invitation: a message before or after a stay, and what the guest made of it. Events; decisions: inviting.py."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.event import Event
from domain.personal import Owner
from domain.property import Channel


class Message(StrEnum):
    """What an invitation is; only the one after a stay asks for a review."""

    PRE_STAY = "pre_stay"
    POST_STAY = "post_stay"


class Via(StrEnum):
    """How a review came to be written; those on site are written on the hotel's tablet, or through its link."""

    EMAIL = "email"
    SMS = "sms"
    TABLET = "tablet"
    LINK = "link"


class Reason(StrEnum):
    """Why an invitation is not sent."""

    STAFF = "staff"
    """Somebody cancelled it."""
    NOT_ENABLED = "not_enabled"
    NO_DATE = "no_date"
    """The stay has no arrival, or no departure, to count from."""
    STAY_GONE = "stay_gone"
    """The stay was cancelled, or removed."""
    UNREACHABLE = "unreachable"
    """There is no e-mail address and no mobile number."""
    BOUNCED = "bounced"
    """There are only addresses to which mails cannot be delivered."""
    UNSUBSCRIBED = "unsubscribed"
    BLOCKED = "blocked"
    FORGOTTEN = "forgotten"
    """The guest was anonymised."""
    ASKED_TOO_RECENTLY = "asked_too_recently"
    TOO_LATE = "too_late"
    """It would come long after it was due, or after the guest."""
    SAME_STAY = "same_stay"
    """The guest gets it about another room of the stay."""
    SAME_GROUP = "same_group"
    """The contact person gets it about another guest of theirs who arrives on that day."""


FINAL = frozenset([Reason.STAFF, Reason.ASKED_TOO_RECENTLY, Reason.SAME_GROUP])
"""After these an invitation is not scheduled again, whatever changes."""


class Delay(StrEnum):
    """Why an invitation is sent at another time than it was to be."""

    STAY = "stay"
    """The dates of the stay changed."""
    SETTINGS = "settings"
    QUIET_HOURS = "quiet_hours"
    OPEN_COMPLAINT = "open_complaint"
    """The guest has a complaint that nobody has settled: they are asked later, never not at all."""


class About(BaseModel):
    """What an invitation is for, and for whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation_id: UUID
    property_id: UUID
    guest_id: UUID
    stay_id: UUID
    message: Message


class InvitationScheduled(Event):
    """A guest is to get a message about a stay; `due_at` is when."""

    about: About
    due_at: datetime


class InvitationMoved(Event):
    """The message is to be sent at another time."""

    due_at: datetime
    reason: Delay


class InvitationCancelled(Event):
    """The message is not to be sent."""

    reason: Reason


class InvitationSent(Event):
    """A mail server or an SMS gateway took the message; the post-stay one leads to a portal.

    `remind_at` is when the guest is reminded, unless they have written a review by then. `sealed_by` is the merge that
    is in force where the guest is one with another.
    """

    guest_id: UUID
    sealed_by: UUID | None = None
    channel: Channel
    language: str
    portal: str | None = None
    remind_at: datetime | None = None
    address: Annotated[str | None, Owner("sealed_by", otherwise="guest_id")]


class ReminderAsked(Event):
    """Somebody on the staff wants the guest to be reminded now."""


class ReminderMoved(Event):
    """The automatic reminder is to be sent at another time."""

    remind_at: datetime
    reason: Delay


class ReminderDropped(Event):
    """The guest is not reminded after all, neither by itself nor because somebody asked for it."""

    reason: Reason


class ReminderSent(Event):
    """A mail server or an SMS gateway took a reminder; an `automatic` one was due, or somebody asked for it.

    Where both were so, it counts for both.
    """

    guest_id: UUID
    sealed_by: UUID | None = None
    automatic: bool
    address: Annotated[str | None, Owner("sealed_by", otherwise="guest_id")]


class InvitationBounced(Event):
    """The message could not be delivered, now or ever; `status` is an SMTP code, or that of RFC 3463."""

    permanent: bool
    status: str


class LinkFollowed(Event):
    """The guest opened the link of the message; only the first time counts."""

    channel: Channel


class ReviewWritten(Event):
    """The guest wrote a review of the stay, perhaps before anybody asked for it."""

    about: About
    feedback_id: UUID
    via: Via


class InvitationDeleted(Event):
    """The guest was taken off the list before any message."""


InvitationEvent = (
    InvitationScheduled
    | InvitationMoved
    | InvitationCancelled
    | InvitationSent
    | ReminderAsked
    | ReminderMoved
    | ReminderDropped
    | ReminderSent
    | InvitationBounced
    | LinkFollowed
    | ReviewWritten
    | InvitationDeleted
)
