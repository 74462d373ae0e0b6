"""When each guest gets which message: what is to change of their invitations, as guest, stays and settings are now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from application.contacts import is_mobile
from application.invitation_records import Streams, invitation_of
from domain import guest as guests
from domain import inviting
from domain import property as properties
from domain.event import Recorded
from domain.guest import Guest, StayRecorded
from domain.invitation import About, Delay, InvitationEvent, InvitationSent, Message, Reason
from domain.inviting import Invitation, Step, invitation_id
from domain.policies.contacting import hindrance, planned
from domain.property import Property, PropertySettings

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class GuestInvitations:
    """A guest with the invitations there are, or could be, to their stays."""

    guest: Guest
    about: Mapping[UUID, About]
    """By the invitation's id, also of stays that are no more."""

    @property
    def mobiles(self) -> list[str]:
        return mobiles(self.guest)


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
    """What is to happen to the guest's invitations; `streams` are those of these and of the properties."""
    for id_, about in who.about.items():
        invitation = invitation_of(streams, id_)
        settings = settings_of(streams, about.property_id)
        if who.guest.deleted:
            events = inviting.delete(invitation)
        elif invitation.state in (inviting.State.NOT_ENABLED, inviting.State.SCHEDULED, inviting.State.CANCELLED):
            when = planned(settings, who.guest, about.stay_id, about.message, who.mobiles, now)
            events = inviting.plan(invitation, about, when, because)
        else:
            events = _reminder(who, invitation, streams.get(id_, ()), settings, now, because)
        yield from ((about, event) for event in events)


def _reminder(
    who: GuestInvitations,
    invitation: Invitation,
    recorded: Sequence[Recorded],
    settings: PropertySettings,
    now: datetime,
    because: Delay,
) -> list[InvitationEvent]:
    """Moves or drops the automatic reminder that waits."""
    if invitation.remind_at is None or not invitation.allows(Step.REMIND):
        return []
    reminder = settings.invitations.reminder
    sent_at = next(each.recorded_at for each in recorded if isinstance(each.event, InvitationSent))
    wanted = sent_at + reminder.delay * HOUR if reminder.enabled else None
    reason = hindrance(who.guest, invitation.about.stay_id, settings.local_day(now))
    if reason or wanted is None:
        return inviting.move_reminder(invitation, None, reason or Reason.NOT_ENABLED)
    # It may have been moved for other reasons, which hold until the settings change.
    return inviting.move_reminder(invitation, wanted, because) if because is Delay.SETTINGS else []
