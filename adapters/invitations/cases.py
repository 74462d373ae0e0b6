"""Invitations of which something is due, with whom and what they concern, as that is now or was at a position."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from adapters.postgres.guest_log import GuestLog
from application.contact_persons import load_behind, written_to
from application.guest_records import passed_on
from application.invitation_records import Streams, invitation_of
from application.planning import settings_of
from domain import guest as guests
from domain import organisation
from domain.event import Event
from domain.guest import Guest
from domain.guest_events import GuestUnmerged, MergedInto
from domain.inviting import Invitation
from domain.organisation import Organisation, OrganisationSettings
from domain.property import PropertySettings


class Circumstances(NamedTuple):
    """Whose stay an invitation is about, whom it goes `to`, and who sends it."""

    guest: Guest
    to: Guest
    settings: PropertySettings
    organisation: OrganisationSettings


class Case(NamedTuple):
    """`streams` are those of whom and what it concerns."""

    invitation: Invitation
    streams: Streams

    def circumstances(self, as_of: int | None = None) -> Circumstances:
        """As they are, or were at a position of the log."""
        about, streams = self.invitation.about, self.streams
        if as_of is not None:
            streams = {id_: [each for each in told if each.position <= as_of] for id_, told in streams.items()}

        def events(id_: UUID) -> Iterable[Event]:
            return (each.event for each in streams.get(id_, ()))

        guest_id = about.guest_id
        while other := passed_on(streams.get(guest_id, ()), about.stay_id):
            guest_id = other
        guest = guests.fold(Guest(guest_id), events(guest_id))
        return Circumstances(
            guest,
            written_to(guest, about.stay_id, streams),
            settings_of(streams, about.property_id),
            organisation.fold(Organisation(about.organisation_id), events(about.organisation_id)).settings,
        )

    def guest(self, guest_id: UUID) -> Guest:
        """As they are now, the guest or whoever it went to in their place, or who is one with them."""
        guest = guests.fold(Guest(guest_id), (each.event for each in self.streams.get(guest_id, ())))
        return self.guest(guest.merged_into) if guest.merged_into else guest


def load_cases(log: GuestLog, ids: Iterable[UUID]) -> list[Case]:
    ids = list(ids)
    told = log.streams(ids)
    invitations = [invitation_of(told, id_) for id_ in ids]
    abouts = [each.about for each in invitations]
    concerned = {id_ for about in abouts for id_ in (about.guest_id, about.property_id, about.organisation_id)}
    streams = log.streams(list(concerned))
    told_of = [each for about in abouts for each in streams.get(about.guest_id, ())]
    while others := _passed_on_to(each.event for each in told_of) - streams.keys():
        found = log.streams(list(others))
        streams |= {other: found.get(other, []) for other in others}
        told_of += [each for recorded in found.values() for each in recorded]
    streams |= load_behind(log, told_of)
    return [Case(invitation, streams) for invitation in invitations]


def _passed_on_to(events: Iterable[Event]) -> set[UUID]:
    """Whom merges, and their undoing, gave stays to."""
    into = set[UUID]()
    for event in events:
        match event:
            case MergedInto(guest_id=other_id) | GuestUnmerged(other_id=other_id):
                into.add(other_id)
    return into
