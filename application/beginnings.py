"""Stays become realised on the day on which they begin: nobody has to say so, and who did not come is said after."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from application.hotels import Hotels
from application.ports import Ports
from domain import guest as guests
from domain import staying
from domain.event import Event, Metadata
from domain.guest import Guest


class Beginning(NamedTuple):
    """Events that are to be appended with this metadata."""

    events: Sequence[Event]
    metadata: Metadata


def beginnings(ports: Ports, guest_ids: Sequence[UUID]) -> list[Beginning]:
    """By organisation, what is to be told of those of the guests' stays that have begun. Writes nothing."""
    hotels = Hotels(ports)
    found: dict[UUID, list[Event]] = {}
    for guest_id, recorded in ports.log.streams(guest_ids).items():
        guest = guests.fold(Guest(guest_id), (each.event for each in recorded))
        for stay_id, stay in guest.stays.items():
            if not stay.realised:
                told = staying.stay_is(guest, stay_id, stay.as_of(hotels.today(stay.property_id)))
                guest = guests.fold(guest, told)
                found.setdefault(recorded[0].organisation_id, []).extend(told)
    return [
        Beginning(
            events,
            Metadata(
                recorded_at=ports.now(), actor="hote", organisation_id=organisation_id, correlation_id=ports.new_id()
            ),
        )
        for organisation_id, events in found.items()
        if events
    ]
