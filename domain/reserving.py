"""What becomes of a reservation: decisions to book, change, cancel, link, and to take in what a PMS tells of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.guest import Known
from domain.registering import differing_fields
from domain.reservation import (
    GONE,
    STEPS,
    Booking,
    ContactErased,
    Reservation,
    ReservationBooked,
    ReservationChanged,
    ReservationEvent,
    ReservationGone,
    ReservationLinked,
    ReservationRetold,
    ReservationTied,
    ReservationUnlinked,
    Source,
    State,
    fold,
)
from domain.ties import NO_TIES, Ties


@dataclass(frozen=True)
class Told:
    """All of a reservation as somebody tells it; `pms_version` where that is a PMS. No `state` leaves it as it is."""

    organisation_id: UUID
    property_id: UUID
    source: Source
    external_id: str | None
    booking: Booking
    contact: Known
    state: State | None = None
    pms_version: int | None = None
    ties: Ties = NO_TIES


def book(reservation: Reservation, told: Told, guest_id: UUID | None) -> list[ReservationEvent]:
    """As something to come; what became of it follows."""
    booked = ReservationBooked(
        **reservation.next_place,
        organisation_id=told.organisation_id,
        property_id=told.property_id,
        source=told.source,
        external_id=told.external_id,
        booking=told.booking,
        guest_id=guest_id,
        language=told.contact.language,
        country=told.contact.country,
        contact=told.contact.profile,
        pms_version=told.pms_version,
    )
    return [booked, *tie(fold(reservation, [booked]), told.ties)]


def change(
    reservation: Reservation, booking: Booking, contact: Known, pms_version: int | None = None
) -> list[ReservationEvent]:
    """Nothing when nothing is different. Of who was erased nothing is written again. Raises ReservationGone."""
    require_not_gone(reservation)
    return changed(reservation, booking, contact, pms_version)


def changed(
    reservation: Reservation, booking: Booking, contact: Known, pms_version: int | None
) -> list[ReservationEvent]:
    if reservation.erased:
        contact = reservation.contact
    fields = tuple(name for name, value in booking if value != getattr(reservation.booking, name))
    fields += differing_fields(reservation.contact, contact)
    if not fields:
        return []
    return [
        ReservationChanged(
            **reservation.next_place,
            fields=fields,
            booking=booking,
            language=contact.language,
            country=contact.country,
            contact=contact.profile,
            pms_version=pms_version,
        )
    ]


def step(reservation: Reservation, state: State, pms_version: int | None = None) -> list[ReservationEvent]:
    """To a state, from whichever it is in: a PMS knows best. Nothing when it is in it."""
    if reservation.state is state:
        return []
    return [STEPS[state](**reservation.next_place, pms_version=pms_version)]


def tell(reservation: Reservation, told: Told) -> list[ReservationEvent]:
    """All that a PMS tells of a reservation that is known; nothing when it told that, or something newer, before."""
    assert told.pms_version is not None
    if reservation.pms_version is not None and told.pms_version <= reservation.pms_version:
        return []
    decided = changed(reservation, told.booking, told.contact, told.pms_version)
    decided += step(fold(reservation, decided), told.state or reservation.state, told.pms_version)
    return decided or [ReservationRetold(**reservation.next_place, pms_version=told.pms_version)]


FROM: Mapping[State, Collection[State]] = {
    State.CHECKED_IN: {State.BOOKED},
    State.CHECKED_OUT: {State.BOOKED, State.CHECKED_IN},
    State.CANCELLED: {State.BOOKED},
    State.NO_SHOW: {State.BOOKED},
}
"""In which states staff can say that it came to another."""


def say(reservation: Reservation, state: State) -> list[ReservationEvent]:
    """By staff: that they came, left, will not come, or did not. Nothing when it is so. Raises ReservationGone."""
    if reservation.state is not state and reservation.state not in FROM[state]:
        raise ReservationGone("This cannot become of a reservation in this state.", state=reservation.state)
    return step(reservation, state)


def link(reservation: Reservation, guest_id: UUID) -> list[ReservationEvent]:
    """To a guest, also from another. Nothing when it is theirs.

    Of what is gone there is no stay, by which the guest would notice that it became theirs. Raises ReservationGone.
    """
    if reservation.guest_id == guest_id:
        return []
    require_not_gone(reservation)
    return pass_on(reservation, guest_id)


def pass_on(reservation: Reservation, guest_id: UUID) -> list[ReservationEvent]:
    """To whom its guest is one with, or was; also what is gone."""
    return [ReservationLinked(**reservation.next_place, guest_id=guest_id)]


def unlink(reservation: Reservation) -> list[ReservationEvent]:
    """Nothing when somebody said so before."""
    return [] if reservation.unlinked else [ReservationUnlinked(**reservation.next_place)]


def tie(reservation: Reservation, ties: Ties) -> list[ReservationEvent]:
    """Nothing when it is so already. Raises ReservationGone."""
    require_not_gone(reservation)
    return [] if reservation.ties == ties else [ReservationTied(**reservation.next_place, ties=ties)]


def erase_contact(reservation: Reservation) -> list[ReservationEvent]:
    """Nothing when it was erased before."""
    return [] if reservation.erased else [ContactErased(**reservation.next_place)]


def forget(reservation: Reservation, guest_id: UUID) -> list[ReservationEvent]:
    """A guest is deleted: it is nobody's then, nor does anybody read who to contact. Nothing when it is not theirs."""
    if reservation.guest_id != guest_id:
        return []
    decided = unlink(reservation)
    return [*decided, *erase_contact(fold(reservation, decided))]


def require_not_gone(reservation: Reservation) -> None:
    if reservation.state in GONE:
        raise ReservationGone("What was cancelled can no longer be changed or linked.", state=reservation.state)
