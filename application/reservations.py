"""Commands about reservations: book, change, cancel, say who came, link to a guest; and reading one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from application.arrivals import require_person
from application.caller import Caller, require_version
from application.desk import Desk, known_as
from application.guest_records import load_whole
from application.guests import INTAKE_RACES
from application.organisation import load_organisation, load_property, plan_of
from application.parties import require_known_ties
from application.ports import Ports
from application.problem_texts import InvalidInput
from application.races import persistently
from application.reservation_entry import BookingEntry, ReservationEntry, TiedEntry, entry_of, judge_booking
from domain import guest as guests
from domain import reservation as reservations
from domain import reserving
from domain.access import Right, Role
from domain.event import Recorded
from domain.guest import Guest, Known
from domain.organisation import Plan
from domain.property import PropertySettings
from domain.reservation import (
    Booking,
    GuestIsBlocked,
    Reservation,
    ReservationDeclined,
    ReservationEvent,
    ReservationKnown,
    ReservationUnknown,
    Source,
    State,
)
from domain.reserving import Told
from domain.ties import Ties

ATTEMPTS = 50
"""Of twenty who book for the same guest at once, all but one have to look again, and all but one of those."""


@dataclass(frozen=True)
class ReservationRecord:
    """A reservation with the events that told of it, and the guest it is linked to."""

    reservation: Reservation
    recorded: Sequence[Recorded]
    guest: Guest | None

    @property
    def booked_at(self) -> datetime:
        return self.recorded[0].recorded_at

    @property
    def updated_at(self) -> datetime:
        return self.recorded[-1].recorded_at

    @property
    def position(self) -> int:
        return self.recorded[-1].position


def read_reservation(ports: Ports, caller: Caller, reservation_id: UUID) -> ReservationRecord:
    """Raises ReservationUnknown, Forbidden."""
    caller.require(Right.READ_GUESTS)
    found, recorded = _load(ports, caller, reservation_id)
    guest = None
    if found.guest_id:
        told = (each.event for each in ports.log.stream(found.guest_id))
        guest = guests.fold(Guest(found.guest_id), told)
    return ReservationRecord(found, recorded, guest)


def _load(ports: Ports, caller: Caller, reservation_id: UUID) -> tuple[Reservation, Sequence[Recorded]]:
    """Raises ReservationUnknown."""
    recorded = ports.log.stream(reservation_id)
    found = reservations.fold(Reservation(reservation_id), (each.event for each in recorded))
    if found.version == 0 or found.organisation_id != caller.organisation_id or not caller.sees([found.property_id]):
        raise ReservationUnknown("There is no such reservation.")
    return found, recorded


def book(ports: Ports, caller: Caller, entry: ReservationEntry) -> tuple[UUID, int]:
    """The new reservation's id and the position.

    Raises InvalidInput, PropertyUnknown, ReservationKnown, GuestIsBlocked, ReservationDeclined, ConcurrentChange,
    IdentityTaken, Forbidden.
    """
    caller.require(Right.WRITE_GUESTS)
    hotel = load_property(ports, caller, entry.property_id)
    booking, contact = _judged(ports, caller, entry, hotel.settings)
    ties = Ties(company_id=entry.company_id, occasion_id=entry.occasion_id)
    require_known_ties(ports, caller, ties, hotel.id)
    plan = plan_of(ports, caller)
    told = Told(caller.organisation_id, hotel.id, entry.source, entry.external_id, booking, contact, ties=ties)

    def attempt() -> tuple[UUID, int]:
        _require_new(ports, caller, told)
        desk = Desk(ports, caller, [contact.profile])
        known = desk.guests.find(contact.profile) if contact.profile else None
        if known:
            require_welcome(known, told.source, caller, plan, hotel.settings.local_day(ports.now()))
        booked = desk.book(told)
        metadata = caller.metadata(ports.now(), property_id=hotel.id)
        events, identities = desk.written()
        return booked.id, ports.log.append(events, metadata, identities)

    return persistently(attempt, lost=INTAKE_RACES, attempts=ATTEMPTS)


def require_welcome(guest: Guest, source: Source, caller: Caller, plan: Plan, today: date) -> None:
    """A channel has sold the room already (C7); with starter nobody sees that a guest is blocked, or can lift it.

    A machine may hand on what it is told, and so is told no more than a booking engine. Raises GuestIsBlocked,
    ReservationDeclined.
    """
    if not guest.block or not guest.blocked_on(today) or source is Source.CHANNEL or plan is Plan.STARTER:
        return
    if source is Source.ENGINE or caller.role is Role.MACHINE:
        raise ReservationDeclined("Unfortunately, we cannot accept this reservation.")
    until = {"until": guest.block.until.isoformat()} if guest.block.until else {}
    raise GuestIsBlocked("This guest is blocked.", guest_id=str(guest.id), reason=guest.block.reason, **until)


def change(
    ports: Ports,
    caller: Caller,
    reservation_id: UUID,
    new: Callable[[Reservation], TiedEntry],
    *,
    expected: int | None = None,
) -> int:
    """Makes the booking what `new` says of it as it is, and gives the position.

    Raises ReservationUnknown, ReservationGone, InvalidInput, VersionMismatch, ConcurrentChange, Forbidden.
    """

    def decide(found: Reservation) -> Sequence[ReservationEvent]:
        entry, settings = new(found), load_property(ports, caller, found.property_id).settings
        # A contact that was right when it was told keeps nobody from changing the rest.
        kept = entry.guest == entry_of(found).guest
        judged = entry.model_copy(update={"guest": None}) if kept else entry
        booking, contact = _judged(ports, caller, judged, settings)
        contact = found.contact if kept else contact
        decided = reserving.change(found, booking, contact)
        ties = found.ties.model_copy(update={"company_id": entry.company_id, "occasion_id": entry.occasion_id})
        return [*decided, *_tie(ports, caller, reservations.fold(found, decided), ties)]

    return _decide(ports, caller, reservation_id, decide, expected)


def name_contact_person(
    ports: Ports, caller: Caller, reservation_id: UUID, guest_id: UUID | None, *, expected: int | None = None
) -> int:
    """Who gets messages about it in the guest's place (P4), or nobody. As `change`; InvalidInput for who is unknown."""

    def decide(found: Reservation) -> Sequence[ReservationEvent]:
        return _tie(ports, caller, found, found.ties.model_copy(update={"contact_person_id": guest_id}))

    return _decide(ports, caller, reservation_id, decide, expected)


def say(ports: Ports, caller: Caller, reservation_id: UUID, state: State, *, expected: int | None = None) -> int:
    """That the guest came, left, is not to come or did not show up; gives the position.

    Raises ReservationUnknown, ReservationGone, VersionMismatch, ConcurrentChange, Forbidden.
    """
    return _decide(ports, caller, reservation_id, lambda found: reserving.say(found, state), expected)


def link(ports: Ports, caller: Caller, reservation_id: UUID, guest_id: UUID, *, expected: int | None = None) -> int:
    """To a guest, whoever's it was (C8). As `say`; raises also GuestUnknown, GuestForgotten.

    What is still to come cannot be given to who is blocked, as it could not have been booked: GuestIsBlocked,
    ReservationDeclined.
    """
    require_person(caller)

    def decide(found: Reservation) -> Sequence[ReservationEvent]:
        guest = load_whole(ports, caller, guest_id).guest
        guests.require(guest)
        today = load_property(ports, caller, found.property_id).settings.local_day(ports.now())
        if found.booking.arrival >= today:
            require_welcome(guest, found.source, caller, plan_of(ports, caller), today)
        return reserving.link(found, guest_id)

    return _decide(ports, caller, reservation_id, decide, expected)


def unlink(ports: Ports, caller: Caller, reservation_id: UUID, *, expected: int | None = None) -> int:
    """As `say`."""
    require_person(caller)
    return _decide(ports, caller, reservation_id, reserving.unlink, expected)


def _decide(
    ports: Ports,
    caller: Caller,
    reservation_id: UUID,
    decision: Callable[[Reservation], Sequence[ReservationEvent]],
    expected: int | None,
) -> int:
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        found, recorded = _load(ports, caller, reservation_id)
        require_version(found.version, expected)
        decided = decision(found)
        if not decided:
            return recorded[-1].position
        after = reservations.fold(found, decided)
        desk = Desk(ports, caller, [after.contact.profile], [found, after])
        desk.settle(found, decided)
        metadata = caller.metadata(ports.now(), property_id=found.property_id)
        events, identities = desk.written()
        return ports.log.append(events, metadata, identities)

    return persistently(attempt, lost=INTAKE_RACES, attempts=ATTEMPTS)


def _tie(ports: Ports, caller: Caller, found: Reservation, ties: Ties) -> Sequence[ReservationEvent]:
    """Raises InvalidInput, ReservationGone."""
    decided = reserving.tie(found, ties)
    if decided:
        require_known_ties(ports, caller, ties, found.property_id, found.ties)
    return decided


def _require_new(ports: Ports, caller: Caller, told: Told) -> None:
    """Raises ReservationKnown."""
    if told.external_id is None:
        return
    key = known_as(told.property_id, told.external_id)
    if known := ports.log.owners(caller.organisation_id, [key]).get(key):
        raise ReservationKnown("The property has a reservation with this external id.", reservation_id=str(known))


def _judged(ports: Ports, caller: Caller, entry: BookingEntry, settings: PropertySettings) -> tuple[Booking, Known]:
    """Raises InvalidInput."""
    custom_fields = load_organisation(ports, caller.organisation_id).settings.profile_fields
    judged = judge_booking(entry, settings, custom_fields)
    if isinstance(judged, list):
        raise InvalidInput(judged)
    return judged
