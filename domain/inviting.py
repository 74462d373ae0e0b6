"""What becomes of an invitation: its state, and the decisions to plan, cancel, remind …"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.event import Event, Place
from domain.invitation import (
    FINAL,
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
    ReminderAsked,
    ReminderDropped,
    ReminderMoved,
    ReminderSent,
    ReviewWritten,
    Via,
)
from domain.invitation_states import CLICK_STEPS, REVIEW_STEPS, TRANSITIONS, State, Step
from domain.property import Channel
from domain.refusal import Refusal


class InvitationUnknown(Refusal):
    """There is no such invitation in this organisation, or not for this caller."""

    code = "not-found"


class WrongState(Refusal):
    """The action is not one for the state of the invitation; `members` say which it is."""

    code = "invitation-state"


NOBODY = UUID(int=0)
NOTHING = About(organisation_id=NOBODY, property_id=NOBODY, guest_id=NOBODY, stay_id=NOBODY, message=Message.POST_STAY)


@dataclass(frozen=True)
class Invitation:
    """An invitation as its events tell it; version 0 is one that was never scheduled."""

    id: UUID
    version: int = 0
    about: About = NOTHING
    state: State = State.NOT_ENABLED
    due_at: datetime | None = None
    reason: Reason | Delay | None = None
    """Why it was not sent, or is sent later."""
    sent: InvitationSent | None = None
    remind_at: datetime | None = None
    """When the automatic reminder is due; None where none is to come."""
    asked_for_reminder: bool = False
    """Whether somebody wants the guest to be reminded now."""
    reminders: int = 0
    bounces: int = 0
    feedback_id: UUID | None = None

    @property
    def next_place(self) -> Place:
        return Place(originator_id=self.id, originator_version=self.version + 1)

    @property
    def put_off(self) -> bool:
        """Whether it waited for what must not make it too late: a quiet hour, a complaint, an address."""
        waited = self.reason in (Delay.QUIET_HOURS, Delay.OPEN_COMPLAINT) or self.bounces > 0
        return waited and self.about.message is Message.POST_STAY

    @property
    def sent_to(self) -> UUID:
        """The guest whose stay it is about, or the contact person who got it in their place."""
        return self.sent.guest_id if self.sent else self.about.guest_id

    def allows(self, step: Step) -> bool:
        return step in TRANSITIONS[self.state]

    def after(self, step: Step) -> "Invitation":
        """Where it stays when the step is not in the table: what happened has happened, such as a message that was on
        its way while a review was written."""
        return replace(self, state=TRANSITIONS[self.state].get(step, self.state))


def invitation_id(stay_id: UUID, message: Message) -> UUID:
    """Always the same for a stay, so that nobody can schedule its message twice.

    A UUIDv7 (RFC 9562) with the time of the stay's, and in place of the random bits a hash of both.
    """
    digest = hashlib.sha256(stay_id.bytes + message.encode()).digest()
    time = stay_id.int >> 80
    random = int.from_bytes(digest) & (1 << 74) - 1
    return UUID(int=time << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (1 << 62) - 1)


def evolve(invitation: Invitation, event: InvitationEvent) -> Invitation:
    invitation = replace(invitation, version=event.originator_version)
    match event:
        case InvitationScheduled():
            return replace(invitation.after(Step.SCHEDULE), about=event.about, due_at=event.due_at, reason=None)
        case InvitationMoved():
            return replace(invitation.after(Step.MOVE), due_at=event.due_at, reason=event.reason)
        case InvitationCancelled():
            return replace(invitation.after(Step.CANCEL), reason=event.reason)
        case InvitationSent():
            after = invitation.after(Step.SEND)
            remind_at = event.remind_at if after.allows(Step.REMIND) else None
            return replace(after, sent=event, remind_at=remind_at, reason=None)
        case ReminderAsked():
            return replace(invitation, asked_for_reminder=True)
        case ReminderMoved():
            return replace(invitation, remind_at=event.remind_at)
        case ReminderDropped():
            return replace(invitation, remind_at=None, asked_for_reminder=False)
        case ReminderSent():
            left = None if event.automatic else invitation.remind_at
            reminded = replace(invitation.after(Step.REMIND), reminders=invitation.reminders + 1)
            return replace(reminded, remind_at=left, asked_for_reminder=False)
        case InvitationBounced():
            bounced = replace(invitation, bounces=invitation.bounces + 1)
            if not event.permanent:
                return bounced
            return replace(bounced.after(Step.BOUNCE), remind_at=None, asked_for_reminder=False)
        case LinkFollowed():
            return invitation.after(CLICK_STEPS[event.channel])
        case ReviewWritten():
            reviewed = replace(invitation.after(REVIEW_STEPS[event.via]), about=event.about, reason=None)
            return replace(reviewed, feedback_id=event.feedback_id, remind_at=None, asked_for_reminder=False)
        case InvitationDeleted():
            return invitation.after(Step.DELETE)


def fold(invitation: Invitation, events: Iterable[Event]) -> Invitation:
    """An id that is another kind of stream's folds to an invitation that was never scheduled."""
    for event in events:
        if not isinstance(event, InvitationEvent):
            return Invitation(invitation.id)
        invitation = evolve(invitation, event)
    return invitation


def plan(invitation: Invitation, about: About, planned: datetime | Reason, because: Delay) -> list[InvitationEvent]:
    """What changes when the message is to be sent at a time, or for some reason not at all; often nothing."""
    if isinstance(planned, Reason):
        is_put_off = planned is Reason.TOO_LATE and invitation.put_off
        return not_sent(invitation, planned) if invitation.allows(Step.CANCEL) and not is_put_off else []
    if invitation.state is State.SCHEDULED and invitation.about == about:
        waits = invitation.reason is Delay.OPEN_COMPLAINT and invitation.due_at and planned < invitation.due_at
        return [] if invitation.due_at == planned or waits else move(invitation, planned, because)
    if invitation.allows(Step.SCHEDULE) and invitation.sent is None and invitation.reason not in FINAL:
        return [InvitationScheduled(**invitation.next_place, about=about, due_at=planned)]
    return []


def not_sent(invitation: Invitation, reason: Reason) -> list[InvitationEvent]:
    """Of an invitation that is scheduled."""
    return [InvitationCancelled(**invitation.next_place, reason=reason)]


def cancel(invitation: Invitation) -> list[InvitationEvent]:
    """By a person. Raises InvitationUnknown, WrongState."""
    require(invitation, Step.CANCEL, "Only what is still to be sent can be cancelled")
    return not_sent(invitation, Reason.STAFF)


def remind(invitation: Invitation, now: datetime) -> list[InvitationEvent]:
    """By a person, also after an automatic reminder; nothing when it is asked for already.

    Whose invitation was refused at once, and who therefore never got it, is sent that. Raises InvitationUnknown,
    WrongState.
    """
    require(invitation, Step.REMIND, "Guests are reminded once they were asked, and until they write a review")
    if invitation.about.message is not Message.POST_STAY:
        raise WrongState("Only the invitation to review has a reminder.", state=invitation.state)
    if invitation.sent is None:
        return [InvitationScheduled(**invitation.next_place, about=invitation.about, due_at=now)]
    return [] if invitation.asked_for_reminder else [ReminderAsked(**invitation.next_place)]


def move(invitation: Invitation, due_at: datetime, reason: Delay) -> list[InvitationEvent]:
    """Of an invitation that is scheduled."""
    return [InvitationMoved(**invitation.next_place, due_at=due_at, reason=reason)]


def move_reminder(invitation: Invitation, at: datetime, reason: Delay) -> list[InvitationEvent]:
    """The automatic one; nothing when it is to be sent then."""
    if invitation.remind_at == at:
        return []
    return [ReminderMoved(**invitation.next_place, remind_at=at, reason=reason)]


def drop_reminder(invitation: Invitation, reason: Reason) -> list[InvitationEvent]:
    """Of an invitation that has one to come."""
    return [ReminderDropped(**invitation.next_place, reason=reason)]


def follow_link(invitation: Invitation, channel: Channel) -> list[InvitationEvent]:
    """Nothing when it was followed before, or a review is written."""
    return [LinkFollowed(**invitation.next_place, channel=channel)] if invitation.allows(CLICK_STEPS[channel]) else []


def review(invitation: Invitation, about: About, feedback_id: UUID, via: Via) -> list[InvitationEvent]:
    """Nothing when there is one already, or the guest is gone."""
    if not invitation.allows(REVIEW_STEPS[via]):
        return []
    return [ReviewWritten(**invitation.next_place, about=about, feedback_id=feedback_id, via=via)]


def bounce(invitation: Invitation, *, permanent: bool, status: str) -> list[InvitationEvent]:
    """Nothing once the guest answered, or when it is known already to be undeliverable."""
    if not invitation.allows(Step.BOUNCE):
        return []
    return [InvitationBounced(**invitation.next_place, permanent=permanent, status=status)]


def refused(invitation: Invitation, status: str) -> list[InvitationEvent]:
    """Nobody takes what is due: the message bounced, or a reminder of one that arrived is not to be."""
    if bounced := bounce(invitation, permanent=True, status=status):
        return bounced
    waits = invitation.remind_at or invitation.asked_for_reminder
    return drop_reminder(invitation, Reason.BOUNCED) if waits else []


def delete(invitation: Invitation) -> list[InvitationEvent]:
    """With the guest; nothing where nothing was scheduled."""
    return [InvitationDeleted(**invitation.next_place)] if invitation.allows(Step.DELETE) else []


def require(invitation: Invitation, step: Step, rule: str) -> None:
    """Raises InvitationUnknown, WrongState."""
    if invitation.version == 0:
        raise InvitationUnknown("There is no such invitation.")
    if not invitation.allows(step):
        raise WrongState(f"{rule}; this one is {invitation.state.replace('_', ' ')}.", state=invitation.state)
