"""What others are told of invitations, on the topic `hote.invitations.v1`."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import Field

from application.integration_events.event import IntegrationEvent, told
from domain import invitation
from domain.property import Channel


class About(TypedDict):
    """The fields that tell what an invitation is for, and for whom."""

    property_id: UUID
    guest_id: UUID
    stay_id: UUID
    message: invitation.Message


class OfInvitation(IntegrationEvent):
    """Messages before and after stays, keyed by the invitation's id. A tombstone follows `deleted`."""

    topic = "hote.invitations.v1"


class InvitationScheduled(OfInvitation):
    """A guest is to get a message about a stay; `due_at` is when."""

    type = "hote.invitation.scheduled.v1"

    property_id: UUID
    guest_id: UUID
    stay_id: UUID
    message: invitation.Message
    due_at: datetime


@told.register
def _(event: invitation.InvitationScheduled) -> InvitationScheduled:
    return InvitationScheduled(due_at=event.due_at, **_about(event.about))


class InvitationMoved(OfInvitation):
    """The message is to be sent at another time."""

    type = "hote.invitation.moved.v1"

    due_at: datetime


@told.register
def _(event: invitation.InvitationMoved) -> InvitationMoved:
    return InvitationMoved(due_at=event.due_at)


class InvitationCancelled(OfInvitation):
    """The message is not to be sent."""

    type = "hote.invitation.cancelled.v1"

    reason: invitation.Reason


@told.register
def _(event: invitation.InvitationCancelled) -> InvitationCancelled:
    return InvitationCancelled(reason=event.reason)


class InvitationSent(OfInvitation):
    """A mail server or an SMS gateway took the message."""

    type = "hote.invitation.sent.v1"

    channel: Channel
    language: Annotated[str, Field(description="BCP 47", examples=["fr"])]


@told.register
def _(event: invitation.InvitationSent) -> InvitationSent:
    return InvitationSent(channel=event.channel, language=event.language)


class InvitationReminded(OfInvitation):
    """A mail server or an SMS gateway took a reminder; an `automatic` one was due, or somebody asked for it."""

    type = "hote.invitation.reminded.v1"

    automatic: bool


@told.register
def _(event: invitation.ReminderSent) -> InvitationReminded:
    return InvitationReminded(automatic=event.automatic)


class InvitationBounced(OfInvitation):
    """The message could not be delivered, now or ever."""

    type = "hote.invitation.bounced.v1"

    permanent: bool


@told.register
def _(event: invitation.InvitationBounced) -> InvitationBounced:
    return InvitationBounced(permanent=event.permanent)


class InvitationClicked(OfInvitation):
    """The guest opened the link of the message, for the first time."""

    type = "hote.invitation.clicked.v1"

    channel: Channel


@told.register
def _(event: invitation.LinkFollowed) -> InvitationClicked:
    return InvitationClicked(channel=event.channel)


class InvitationReviewed(OfInvitation):
    """The guest wrote a review of the stay, perhaps before anybody asked for it; the feedback is that."""

    type = "hote.invitation.reviewed.v1"

    property_id: UUID
    guest_id: UUID
    stay_id: UUID
    message: invitation.Message
    feedback_id: UUID
    via: invitation.Via


@told.register
def _(event: invitation.ReviewWritten) -> InvitationReviewed:
    return InvitationReviewed(feedback_id=event.feedback_id, via=event.via, **_about(event.about))


class InvitationDeleted(OfInvitation):
    """The guest was taken off the list before any message: there is no such invitation."""

    type = "hote.invitation.deleted.v1"
    last = True


@told.register
def _(_event: invitation.InvitationDeleted) -> InvitationDeleted:
    return InvitationDeleted()


def _about(about: invitation.About) -> About:
    return About(property_id=about.property_id, guest_id=about.guest_id, stay_id=about.stay_id, message=about.message)
