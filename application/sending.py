"""What is due of an invitation, what keeps it from being sent after all, and what is told once it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from application.planning import HOUR, mobiles
from domain import inviting
from domain.guest import Guest
from domain.invitation import Delay, InvitationEvent, InvitationSent, Message, Reason, ReminderSent
from domain.inviting import Invitation, State, Step
from domain.policies.contacting import Reach, hindrance, preferred, reach
from domain.policies.invitation_timing import TOO_LATE, due_at, is_too_late, not_before
from domain.property import PropertySettings

ASK_AGAIN_AFTER = timedelta(days=1)
"""How often it is looked whether a complaint is still open."""


class Due(StrEnum):
    MESSAGE = "message"
    REMINDER = "reminder"


def due_now(invitation: Invitation, now: datetime) -> Due | None:
    if invitation.state is State.SCHEDULED and invitation.due_at and invitation.due_at <= now:
        return Due.MESSAGE
    waits = invitation.asked_for_reminder or (invitation.remind_at and invitation.remind_at <= now)
    return Due.REMINDER if waits and invitation.allows(Step.REMIND) else None


def reach_of(guest: Guest, settings: PropertySettings, message: Message) -> Reach | Reason:
    return reach(guest, preferred(settings, message), mobiles(guest))


def hindered(
    invitation: Invitation, what: Due, guest: Guest, settings: PropertySettings, now: datetime, *, complains: bool
) -> Sequence[InvitationEvent]:
    """Why it is not sent now: it is cancelled, or moved; nothing when it can be sent.

    `complains` is whether the guest has a complaint at the property that nobody has settled: that delays, and for two
    weeks at most, for nobody is left out because of what they think of their stay. A reminder that a person asked for
    goes out all the same.
    """
    about = invitation.about
    if reason := hindrance(guest, about.stay_id, settings.local_day(now)):
        return _not_sent(invitation, what, reason)
    found = reach_of(guest, settings, about.message)
    if isinstance(found, Reason):
        return _not_sent(invitation, what, found)
    stay = guest.stays[about.stay_id]
    planned = due_at(settings, about.message, stay)
    if what is Due.MESSAGE:
        if isinstance(planned, Reason):
            return _not_sent(invitation, what, planned)
        put_off = about.message is Message.POST_STAY and invitation.reason in (Delay.QUIET_HOURS, Delay.OPEN_COMPLAINT)
        if not put_off and is_too_late(settings, about.message, stay, planned, now):
            return _not_sent(invitation, what, Reason.TOO_LATE)
    allowed = not_before(now, found.channel, settings.invitations.quiet_hours, settings.zone)
    if allowed > now:
        return _later(invitation, what, allowed, Delay.QUIET_HOURS)
    since = invitation.due_at if isinstance(planned, Reason) else planned
    waits = complains and since and now < since + TOO_LATE and not invitation.asked_for_reminder
    if waits and about.message is Message.POST_STAY:
        return _later(invitation, what, now + ASK_AGAIN_AFTER, Delay.OPEN_COMPLAINT)
    return []


def sent(
    invitation: Invitation,
    what: Due,
    reached: Reach,
    language: str,
    portal: str | None,
    settings: PropertySettings,
    now: datetime,
) -> InvitationEvent:
    guest_id = invitation.about.guest_id
    if what is Due.REMINDER:
        automatic = not invitation.asked_for_reminder
        return ReminderSent(**invitation.next_place, guest_id=guest_id, automatic=automatic, address=reached.address)
    reminder = settings.invitations.reminder
    asks = invitation.about.message is Message.POST_STAY
    return InvitationSent(
        **invitation.next_place,
        guest_id=guest_id,
        channel=reached.channel,
        language=language,
        portal=portal,
        remind_at=now + reminder.delay * HOUR if asks and reminder.enabled else None,
        address=reached.address,
    )


def _not_sent(invitation: Invitation, what: Due, reason: Reason) -> list[InvitationEvent]:
    if what is Due.MESSAGE:
        return inviting.not_sent(invitation, reason)
    return inviting.move_reminder(invitation, None, reason, asked=invitation.asked_for_reminder)


def _later(invitation: Invitation, what: Due, at: datetime, why: Delay) -> list[InvitationEvent]:
    if what is Due.MESSAGE:
        return inviting.move(invitation, at, why)
    return inviting.move_reminder(invitation, at, why, asked=invitation.asked_for_reminder)
