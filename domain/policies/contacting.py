"""Whether, how and when the message about a stay goes out: rules, the first of which that applies is the reason.

It goes `to` the guest, or to a contact person in their place: see `addressee`.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.guest import Guest
from domain.invitation import Message, Reason
from domain.policies.invitation_timing import due_at, is_too_late, not_before
from domain.property import Channel, PropertySettings


class Reach(NamedTuple):
    """Where a message goes."""

    channel: Channel
    address: str


def stay_is_gone(guest: Guest, stay_id: UUID, *_: object) -> Reason | None:
    return None if stay_id in guest.stays else Reason.STAY_GONE


def is_forgotten(guest: Guest, *_: object) -> Reason | None:
    return Reason.FORGOTTEN if guest.known.profile is None else None


def was_cancelled(guest: Guest, stay_id: UUID, *_: object) -> Reason | None:
    return Reason.STAFF if stay_id in guest.silenced else None


def has_unsubscribed(_: Guest, _stay_id: UUID, _today: date, to: Guest) -> Reason | None:
    return Reason.UNSUBSCRIBED if to.unsubscribed else None


def is_blocked(guest: Guest, _: UUID, today: date, to: Guest) -> Reason | None:
    return Reason.BLOCKED if guest.blocked_on(today) or to.blocked_on(today) else None


def is_another_room(guest: Guest, stay_id: UUID, *_: object) -> Reason | None:
    """Several rooms at one time are one stay: the guest gets the message about the first of them."""
    return Reason.SAME_STAY if stay_id != guest.rooms_with(stay_id)[0] else None


HINDRANCES: Sequence[Callable[[Guest, UUID, date, Guest], Reason | None]] = (
    stay_is_gone,
    is_forgotten,
    was_cancelled,
    has_unsubscribed,
    is_blocked,
    is_another_room,
)
"""What keeps any message about a guest's stay, on a day, from whom it would go to; the first that applies is told."""


def hindrance(guest: Guest, stay_id: UUID, today: date, to: Guest) -> Reason | None:
    return next((reason for rule in HINDRANCES if (reason := rule(guest, stay_id, today, to))), None)


def reach(to: Guest, preferred: Channel, mobiles: Sequence[str]) -> Reach | Reason:
    """By the preferred channel if there is an address for it, else by the other; `mobiles` are theirs."""
    emails = to.known.profile.emails if to.known.profile else ()
    good = [email for email in emails if email not in to.suppressed]
    by_channel = {Channel.EMAIL: good, Channel.SMS: mobiles}
    for channel in sorted(Channel, key=lambda each: each is not preferred):
        if by_channel[channel]:
            return Reach(channel, by_channel[channel][0])
    return Reason.BOUNCED if emails else Reason.UNREACHABLE


def planned(
    settings: PropertySettings,
    guest: Guest,
    stay_id: UUID,
    message: Message,
    to: Guest,
    mobiles: Sequence[str],
    now: datetime,
) -> datetime | Reason:
    """When the message about a guest's stay at the property is to go out, in UTC; or why it is not to.

    `mobiles` are those of whom it goes `to`.
    """
    stay = guest.stays.get(stay_id)
    due = due_at(settings, message, stay) if stay else now
    reached = reach(to, preferred(settings, message), mobiles)
    goes_out = due
    if not isinstance(due, Reason) and not isinstance(reached, Reason):
        goes_out = not_before(due, reached.channel, settings.invitations.quiet_hours, settings.zone)
    day = settings.local_day(now if isinstance(goes_out, Reason) else max(goes_out, now))
    if reason := hindrance(guest, stay_id, day, to):
        return reason
    if isinstance(due, Reason):
        return due
    if isinstance(reached, Reason):
        return reached
    assert stay is not None  # or it is gone
    return Reason.TOO_LATE if is_too_late(settings, message, stay, due, now) else goes_out


def preferred(settings: PropertySettings, message: Message) -> Channel:
    invitations = settings.invitations
    return invitations.pre_stay.channel if message is Message.PRE_STAY else invitations.post_stay.channel
