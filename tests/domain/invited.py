"""Invitations as they were after some events, and a history that leads to each state."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain import inviting
from domain.invitation import (
    About,
    Delay,
    InvitationBounced,
    InvitationCancelled,
    InvitationDeleted,
    InvitationEvent,
    InvitationMoved,
    InvitationScheduled,
    InvitationSent,
    LinkFollowed,
    Message,
    Reason,
    ReviewWritten,
    Via,
)
from domain.invitation_states import State
from domain.inviting import Invitation
from domain.property import Channel

ID, FEEDBACK = UUID(int=1), UUID(int=2)
ABOUT = About(
    organisation_id=UUID(int=6),
    property_id=UUID(int=7),
    guest_id=UUID(int=8),
    stay_id=UUID(int=9),
    message=Message.POST_STAY,
)
DUE = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

Given = tuple[type[Any], dict[str, object]]


def happened(*kinds: type[Any] | Given) -> Invitation:
    """An invitation after events of these kinds, each with the usual fields or those given with it."""
    events: list[InvitationEvent] = []
    for each in kinds:
        kind, fields = each if isinstance(each, tuple) else (each, {})
        events.append(made(kind, len(events) + 1, **fields))
    return inviting.fold(Invitation(ID), events)


def made(kind: type[Any], version: int, **fields: object) -> Any:
    usual: dict[str, object] = {
        "about": ABOUT,
        "due_at": DUE,
        "reason": Delay.STAY if kind is InvitationMoved else Reason.UNSUBSCRIBED,
        "guest_id": ABOUT.guest_id,
        "channel": Channel.EMAIL,
        "language": "fr",
        "portal": "hote",
        "remind_at": DUE + 96 * HOUR,
        "address": "ana@example.com",
        "automatic": True,
        "permanent": True,
        "status": "5.1.1",
        "feedback_id": FEEDBACK,
        "via": Via.EMAIL,
    }
    every = usual | fields
    return kind(
        originator_id=ID,
        originator_version=version,
        **{name: every[name] for name in kind.model_fields if name in every},
    )


BY_SMS: Given = (LinkFollowed, {"channel": Channel.SMS})

HISTORIES: dict[State, tuple[type[Any] | Given, ...]] = {
    State.NOT_ENABLED: (),
    State.SCHEDULED: (InvitationScheduled,),
    State.CANCELLED: (InvitationScheduled, InvitationCancelled),
    State.SENT: (InvitationScheduled, InvitationSent),
    State.BOUNCED: (InvitationScheduled, InvitationSent, InvitationBounced),
    State.CLICKED_EMAIL: (InvitationScheduled, InvitationSent, LinkFollowed),
    State.CLICKED_SMS: (InvitationScheduled, InvitationSent, BY_SMS),
    State.REVIEWED_EMAIL: (InvitationScheduled, InvitationSent, ReviewWritten),
    State.REVIEWED_ON_SITE: ((ReviewWritten, {"via": Via.TABLET}),),
    State.REVIEWED_SMS: (InvitationScheduled, InvitationSent, (ReviewWritten, {"via": Via.SMS})),
    State.DELETED: (InvitationScheduled, InvitationDeleted),
}
"""How an invitation gets into each state."""
