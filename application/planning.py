"""When each guest gets which message: what is to change of their invitations, as guest, stays and settings are now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.contacts import is_mobile
from application.invitation_records import Streams, invitation_of
from domain import guest as guests
from domain import inviting
from domain import property as properties
from domain.event import Recorded
from domain.guest import Guest, StayRecorded
from domain.invitation import About, Delay, InvitationEvent, InvitationSent, Message, Reason
from domain.invitation_states import State, Step
from domain.inviting import Invitation, invitation_id
from domain.policies.contacting import hindrance, planned
from domain.policies.invitation_actions import UNSENT
from domain.policies.invitation_timing import HOUR
from domain.property import Property, PropertySettings


@dataclass(frozen=True)
class GuestInvitations:
    """A guest with the invitations there are, or could be, to their stays."""

    guest: Guest
    about: Mapping[UUID, About]
    """By the invitation's id, also of stays that are no more."""


def mobiles(guest: Guest) -> list[str]:
    """Those of the guest's numbers that an SMS can reach."""
    return [phone for phone in guest.known.profile.phones if is_mobile(phone)] if guest.known.profile else []


def invitations_about(guest_id: UUID, recorded: Sequence[Recorded]) -> GuestInvitations:
    guest = guests.fold(Guest(guest_id), (each.event for each in recorded))
    places = {
        each.event.stay_id: (each.organisation_id, each.event.stay.property_id)
        for each in recorded
        if isinstance(each.event, StayRecorded)
    }
    about = {
        invitation_id(stay_id, message): About(
            organisation_id=organisation_id,
            property_id=property_id,
            guest_id=guest_id,
            stay_id=stay_id,
            message=message,
        )
        for stay_id, (organisation_id, property_id) in places.items()
        for message in Message
    }
    return GuestInvitations(guest, about)


def settings_of(streams: Streams, property_id: UUID) -> PropertySettings:
    return properties.fold(Property(property_id), (each.event for each in streams.get(property_id, ()))).settings


def changes(
    who: GuestInvitations, streams: Streams, now: datetime, because: Delay
) -> Iterator[tuple[About, InvitationEvent]]:
    """What is to happen to the guest's invitations; `streams` are those of these and of `properties_of` them."""
    for id_, about in who.about.items():
        invitation = invitation_of(streams, id_)
        if who.guest.deleted:
            events = inviting.delete(invitation)
        elif invitation.state in UNSENT or (invitation.state is State.BOUNCED and invitation.sent is None):
            settings = settings_of(streams, about.property_id)
            when = planned(settings, who.guest, about.stay_id, about.message, mobiles(who.guest), now)
            events = inviting.plan(invitation, about, when, because)
        else:
            about = invitation.about
            settings = settings_of(streams, about.property_id)
            events = _reminder(who.guest, invitation, streams[id_], settings, now, because)
        yield from ((about, event) for event in events)


def properties_of(who: GuestInvitations, streams: Streams) -> set[UUID]:
    """Where the stays are, and where those were that they were invited for."""
    invitations = [invitation_of(streams, id_) for id_ in who.about]
    sent = {each.about.property_id for each in invitations if each.version}
    return sent | {about.property_id for about in who.about.values()}


def _reminder(
    guest: Guest,
    invitation: Invitation,
    recorded: Sequence[Recorded],
    settings: PropertySettings,
    now: datetime,
    because: Delay,
) -> list[InvitationEvent]:
    """Moves or drops what waits of reminders; one that somebody asked for is not a matter of settings."""
    if not invitation.allows(Step.REMIND) or not (invitation.remind_at or invitation.asked_for_reminder):
        return []
    if reason := hindrance(guest, invitation.about.stay_id, settings.local_day(now)):
        return inviting.drop_reminder(invitation, reason)
    reminder = settings.invitations.reminder
    if invitation.remind_at is None or because is not Delay.SETTINGS:
        return []
    if not reminder.enabled:
        return [] if invitation.asked_for_reminder else inviting.drop_reminder(invitation, Reason.NOT_ENABLED)
    # It may have been moved for other reasons, which hold until the settings change.
    sent_at = next(each.recorded_at for each in recorded if isinstance(each.event, InvitationSent))
    return inviting.move_reminder(invitation, sent_at + reminder.delay * HOUR, because)
