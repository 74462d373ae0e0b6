"""What is due of an invitation, what keeps it from being sent after all, and what is told once it was."""

from datetime import datetime, timedelta
from enum import StrEnum

from application.planning import mobiles
from domain import inviting
from domain.guest import Guest
from domain.invitation import Delay, InvitationEvent, InvitationSent, Message, Reason, ReminderSent
from domain.invitation_states import State, Step
from domain.inviting import Invitation
from domain.policies.contacting import Reach, hindrance, planned, preferred, reach
from domain.policies.invitation_timing import HOUR, TOO_LATE, due_at, not_before
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


def reach_of(to: Guest, settings: PropertySettings, message: Message) -> Reach | Reason:
    return reach(to, preferred(settings, message), mobiles(to))


def reason_against(
    invitation: Invitation, what: Due, guest: Guest, to: Guest, settings: PropertySettings, now: datetime
) -> Reason | None:
    """Why it is not to be sent, now or later, `to` the guest or their contact person."""
    about = invitation.about
    if what is Due.MESSAGE:
        plan = planned(settings, guest, about.stay_id, about.message, to, mobiles(to), now)
        is_put_off = plan is Reason.TOO_LATE and invitation.put_off
        return plan if isinstance(plan, Reason) and not is_put_off else None
    if reason := hindrance(guest, about.stay_id, settings.local_day(now), to):
        return reason
    reached = reach_of(to, settings, about.message)
    if isinstance(reached, Reason):
        return reached
    if invitation.asked_for_reminder or invitation.remind_at is None:
        return None
    if not settings.invitations.reminder.enabled:
        return Reason.NOT_ENABLED
    return Reason.TOO_LATE if now > invitation.remind_at + TOO_LATE else None


def not_sent(invitation: Invitation, what: Due, reason: Reason) -> list[InvitationEvent]:
    if what is Due.MESSAGE:
        return inviting.not_sent(invitation, reason)
    return inviting.drop_reminder(invitation, reason)


def quiet_until(to: Guest, settings: PropertySettings, message: Message, now: datetime) -> datetime | None:
    """When it may be sent, if it must wait for that: by SMS in quiet hours."""
    reached = reach_of(to, settings, message)
    if isinstance(reached, Reason):
        return None
    allowed = not_before(now, reached.channel, settings.invitations.quiet_hours, settings.zone)
    return allowed if allowed > now else None


def waits_for_complaint(
    invitation: Invitation, guest: Guest, settings: PropertySettings, now: datetime
) -> datetime | None:
    """When to look again, where the guest has a complaint at the property that nobody has settled.

    For two weeks at most, for nobody is left out because of what they think of their stay; and not for a reminder
    that a person asked for.
    """
    about = invitation.about
    if about.message is not Message.POST_STAY or invitation.asked_for_reminder:
        return None
    planned = due_at(settings, about.message, guest.stays[about.stay_id])
    since = invitation.due_at if isinstance(planned, Reason) else planned
    return now + ASK_AGAIN_AFTER if since and now < since + TOO_LATE else None


def later(invitation: Invitation, what: Due, at: datetime, why: Delay) -> list[InvitationEvent]:
    """Nothing for a reminder that a person asked for: it waits, and the automatic one stays when it is."""
    if what is Due.MESSAGE:
        return inviting.move(invitation, at, why)
    return [] if invitation.asked_for_reminder else inviting.move_reminder(invitation, at, why)


def sent(
    invitation: Invitation,
    what: Due,
    to: Guest,
    reached: Reach,
    language: str,
    portal: str | None,
    settings: PropertySettings,
    now: datetime,
) -> InvitationEvent:
    """The address of whom it went `to` is not told any more where they were forgotten while it was on its way."""
    guest_id, address = to.id, reached.address if to.known.profile else None
    if what is Due.REMINDER:
        automatic = invitation.remind_at is not None and invitation.remind_at <= now
        return ReminderSent(
            **invitation.next_place, guest_id=guest_id, sealed_by=to.sealed_by, automatic=automatic, address=address
        )
    reminder = settings.invitations.reminder
    asks = invitation.about.message is Message.POST_STAY and invitation.after(Step.SEND).allows(Step.REMIND)
    return InvitationSent(
        **invitation.next_place,
        guest_id=guest_id,
        sealed_by=to.sealed_by,
        channel=reached.channel,
        language=language,
        portal=portal,
        remind_at=now + reminder.delay * HOUR if asks and reminder.enabled else None,
        address=address,
    )
