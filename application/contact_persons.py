"""Who is written to about a stay: the contact person where there is one, else the guest (P4)."""

from collections.abc import Iterable
from uuid import UUID

from application.invitation_records import Streams
from application.ports import Log
from domain import guest as guests
from domain import party
from domain.event import Event, Recorded
from domain.guest import Guest
from domain.guest_events import MergedInto, StayRecorded
from domain.party import (
    CompanyAdded,
    CompanyChanged,
    CompanySettings,
    OccasionAdded,
    OccasionChanged,
    OccasionSettings,
    P,
)
from domain.policies.addressee import company_of, contact_persons


def load_behind(log: Log, told: Iterable[Recorded]) -> dict[UUID, list[Recorded]]:
    """Companies, occasions and contact persons of all stays of which these events of guests tell, also earlier ones."""
    streams: dict[UUID, list[Recorded]] = {}
    stays = [each.event.stay for each in told if isinstance(each.event, StayRecorded)]
    wanted = {id_ for stay in stays if stay.ties for _, id_ in stay.ties if id_}
    known: set[UUID] = set()
    while wanted:
        known |= wanted
        found = log.streams(list(wanted))
        streams |= found
        wanted = _named(each.event for recorded in found.values() for each in recorded) - known
    return streams


def written_to(guest: Guest, stay_id: UUID, streams: Streams) -> Guest:
    """The guest themself where the stay has no contact person who is still known; `streams` has who is behind it."""
    stay = guest.stays.get(stay_id)
    if stay is None or stay.ties is None:
        return guest
    occasion = _settings(OccasionSettings, stay.ties.occasion_id, streams)
    company = _settings(CompanySettings, company_of(stay.ties, occasion), streams)
    people = (_person(each, streams) for each in contact_persons(stay.ties, occasion, company))
    return next((person for person in people if person.exists and not person.anonymised), guest)


def _settings(kind: type[P], party_id: UUID | None, streams: Streams) -> P | None:
    found = party.fold(kind, (each.event for each in streams.get(party_id, ()))) if party_id else None
    return found.settings if found else None


def _person(guest_id: UUID, streams: Streams) -> Guest:
    """Who was merged into another is that one."""
    person = guests.fold(Guest(guest_id), (each.event for each in streams.get(guest_id, ())))
    return _person(person.merged_into, streams) if person.merged_into else person


def _named(events: Iterable[Event]) -> set[UUID]:
    """Whom companies and occasions name, and whom contact persons have become."""
    named: set[UUID | None] = set()
    for event in events:
        match event:
            case CompanyAdded(settings=settings) | CompanyChanged(settings=settings):
                named.add(settings.contact_person_id if settings else None)
            case OccasionAdded(settings=settings) | OccasionChanged(settings=settings) if settings:
                named |= {settings.contact_person_id, settings.company_id}
            case MergedInto(guest_id=guest_id):
                named.add(guest_id)
    return {each for each in named if each}
