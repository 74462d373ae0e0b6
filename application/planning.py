"""When each guest gets which message: what is to change of their invitations, as guest, stays and settings are now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.contact_persons import written_to
from application.contacts import is_mobile
from application.invitation_records import Streams, invitation_of
from domain import guest as guests
from domain import inviting
from domain import property as properties
from domain.event import Recorded
from domain.guest import Guest
from domain.guest_events import GuestUnmerged, MergedInto, StayRecorded
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
    """By the invitation's id, also of stays that are no more; not of what a merge, or its undoing, gave to another."""


def mobiles(guest: Guest) -> list[str]:
    """Those of the guest's numbers that an SMS can reach."""
    return [phone for phone in guest.known.profile.phones if is_mobile(phone)] if guest.known.profile else []


def invitations_about(guest_id: UUID, recorded: Sequence[Recorded]) -> GuestInvitations:
    guest = guests.fold(Guest(guest_id), (each.event for each in recorded))
    places: dict[UUID, tuple[UUID, UUID]] = {}
    for each in recorded:
        match each.event:
            case StayRecorded(stay_id=stay_id, stay=stay):
                places[stay_id] = (each.organisation_id, stay.property_id)
            case MergedInto(stay_ids=stay_ids) | GuestUnmerged(stay_ids=stay_ids):
                for stay_id in stay_ids:
                    places.pop(stay_id, None)
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
    """What is to happen to the guest's invitations.

    `streams` are those of these, of `properties_of` them, and of who is behind the stays (`load_behind`).
    """
    for id_, about in who.about.items():
        invitation = invitation_of(streams, id_)
        if who.guest.deleted:
            events = inviting.delete(invitation)
        elif invitation.state in UNSENT or (invitation.state is State.BOUNCED and invitation.sent is None):
            settings = settings_of(streams, about.property_id)
            to = written_to(who.guest, about.stay_id, streams)
            when = planned(settings, who.guest, about.stay_id, about.message, to, mobiles(to), now)
            events = inviting.plan(invitation, about, when, because)
        else:
            about = invitation.about
            settings = settings_of(streams, about.property_id)
            events = _reminder(who.guest, invitation, streams, settings, now, because)
        yield from ((about, event) for event in events)


def properties_of(who: GuestInvitations, streams: Streams) -> set[UUID]:
    """Where the stays are, and where those were that they were invited for."""
    invitations = [invitation_of(streams, id_) for id_ in who.about]
    sent = {each.about.property_id for each in invitations if each.version}
    return sent | {about.property_id for about in who.about.values()}


def _reminder(
    guest: Guest,
    invitation: Invitation,
    streams: Streams,
    settings: PropertySettings,
    now: datetime,
    because: Delay,
) -> list[InvitationEvent]:
    """Moves or drops what waits of reminders; one that somebody asked for is not a matter of settings."""
    if not invitation.allows(Step.REMIND) or not (invitation.remind_at or invitation.asked_for_reminder):
        return []
    stay_id = invitation.about.stay_id
    if reason := hindrance(guest, stay_id, settings.local_day(now), written_to(guest, stay_id, streams)):
        return inviting.drop_reminder(invitation, reason)
    reminder = settings.invitations.reminder
    if invitation.remind_at is None or because is not Delay.SETTINGS:
        return []
    if not reminder.enabled:
        return [] if invitation.asked_for_reminder else inviting.drop_reminder(invitation, Reason.NOT_ENABLED)
    # It may have been moved for other reasons, which hold until the settings change.
    recorded = streams[invitation.id]
    sent_at = next(each.recorded_at for each in recorded if isinstance(each.event, InvitationSent))
    return inviting.move_reminder(invitation, sent_at + reminder.delay * HOUR, because)
