"""What others are told of reservations, on the topic `hote.reservations.v1`."""

from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import Field

from application.integration_events.event import Amount, IntegrationEvent, told
from domain import reservation
from domain.money import Money

Rooms = Annotated[int, Field(description="How many; 0 where that is not known yet.", examples=[1])]
Total = Annotated[Amount | None, Field(description="The price of it all.")]
Paid = Annotated[Amount | None, Field(description="What came in so far.")]


class Booking(TypedDict):
    """The fields that tell what is booked."""

    arrival: date
    departure: date
    rooms: int
    total: Amount | None
    paid: Amount | None


class OfReservation(IntegrationEvent):
    """Reservations, keyed by the reservation's id. They outlive their guest: no tombstone."""

    topic = "hote.reservations.v1"


class ReservationBooked(OfReservation):
    """Rooms were booked, for a guest where that is known; dates are in the property's calendar."""

    type = "hote.reservation.booked.v1"

    property_id: UUID
    source: reservation.Source
    guest_id: UUID | None
    arrival: date
    departure: date
    rooms: Rooms
    total: Total
    paid: Paid


@told.register
def _(event: reservation.ReservationBooked) -> ReservationBooked:
    return ReservationBooked(
        property_id=event.property_id, source=event.source, guest_id=event.guest_id, **_booking(event.booking)
    )


class ReservationChanged(OfReservation):
    """What is booked changed, or who to contact; `fields` are named as in GET /v1/reservations/{reservation_id}."""

    type = "hote.reservation.changed.v1"

    fields: Annotated[tuple[str, ...], Field(examples=[["departure", "paid"]])]
    arrival: date
    departure: date
    rooms: Rooms
    total: Total
    paid: Paid


@told.register
def _(event: reservation.ReservationChanged) -> ReservationChanged:
    return ReservationChanged(fields=event.fields, **_booking(event.booking))


class ReservationStateChanged(OfReservation):
    """The guest came or left, nobody comes or came, or somebody is to come after all (`booked`)."""

    type = "hote.reservation.state_changed.v1"

    state: reservation.State


@told.register
def _(
    event: reservation.GuestCheckedIn
    | reservation.GuestCheckedOut
    | reservation.ReservationCancelled
    | reservation.GuestDidNotShow
    | reservation.ReservationReinstated,
) -> ReservationStateChanged:
    return ReservationStateChanged(state=reservation.LED_TO[type(event)])


class ReservationLinked(OfReservation):
    """The reservation is this guest's from now on; null is nobody's."""

    type = "hote.reservation.linked.v1"

    guest_id: UUID | None


@told.register
def _(event: reservation.ReservationLinked | reservation.ReservationUnlinked) -> ReservationLinked:
    return ReservationLinked(guest_id=event.guest_id if isinstance(event, reservation.ReservationLinked) else None)


class ReservationContactErased(OfReservation):
    """Whoever kept who to contact must forget it: a guest was erased whose reservation this is, or once was."""

    type = "hote.reservation.contact_erased.v1"


@told.register
def _(_event: reservation.ContactErased) -> ReservationContactErased:
    return ReservationContactErased()


def _booking(booking: reservation.Booking) -> Booking:
    return Booking(
        arrival=booking.arrival,
        departure=booking.departure,
        rooms=len(booking.rooms),
        total=_amount(booking.total),
        paid=_amount(booking.paid),
    )


def _amount(money: Money | None) -> Amount | None:
    return Amount(amount=money.amount, currency=money.currency) if money else None
