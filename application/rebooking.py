"""Booking again for the guest of a reservation (C10)."""

from dataclasses import replace
from uuid import UUID

from application.arrivals import require_person
from application.caller import Caller
from application.desk import Desk
from application.guest_entry import MOST_CONTACTS
from application.guests import INTAKE_RACES
from application.organisation import load_property, plan_of
from application.ports import Ports
from application.problem_texts import InvalidInput
from application.races import persistently
from application.reservation_entry import BookingEntry, RoomsEntry, judge_booking
from application.reservations import read_reservation, require_welcome
from domain import guest as guests
from domain.contact import INTERNAL
from domain.guest import GuestUnknown
from domain.reservation import Source
from domain.reserving import Told


def rebook(ports: Ports, caller: Caller, reservation_id: UUID, entry: RoomsEntry) -> tuple[UUID, int]:
    """A new internal reservation at the same property, for the same guest as they are known today; in the same rooms,
    where the entry names none. Gives its id and the position.

    Raises ReservationUnknown, GuestUnknown for one that is nobody's, GuestForgotten, GuestIsBlocked, InvalidInput,
    ConcurrentChange, Forbidden.
    """
    require_person(caller)

    def attempt() -> tuple[UUID, int]:
        record = read_reservation(ports, caller, reservation_id)
        found, guest = record.reservation, record.guest
        if guest is None or not caller.sees(guest.properties):
            raise GuestUnknown("The reservation is nobody's whom this key may see.")
        guests.require(guest)
        assert guest.known.profile  # of whoever was not forgotten
        hotel = load_property(ports, caller, found.property_id)
        today = hotel.settings.local_day(ports.now())
        require_welcome(guest, Source.INTERNAL, caller, plan_of(ports, caller), today)
        judged = judge_booking(BookingEntry(**dict(entry)), hotel.settings, ())
        if isinstance(judged, list):
            raise InvalidInput(judged)
        booking, _ = judged
        if "rooms" not in entry.model_fields_set:
            booking = booking.model_copy(update={"rooms": found.booking.rooms})
        profile = guest.known.profile
        reached = {"emails": profile.emails[:MOST_CONTACTS], "phones": profile.phones[:MOST_CONTACTS]}
        contact = profile.model_copy(update=dict.fromkeys(INTERNAL) | reached)
        told = Told(
            caller.organisation_id, hotel.id, Source.INTERNAL, None, booking, replace(guest.known, profile=contact)
        )
        desk = Desk(ports, caller, [], [found])
        booked = desk.book(told, guest.id)
        metadata = caller.metadata(ports.now(), property_id=hotel.id)
        events, identities = desk.written()
        return booked.id, ports.log.append(events, metadata, identities)

    return persistently(attempt, lost=INTAKE_RACES)
