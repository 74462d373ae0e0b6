"""A reservation: one or more rooms booked at a property, and who for. Events and state; decisions: reserving.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.contact import Profile
from domain.event import Event, Place
from domain.guest import NOTHING_KNOWN, Known
from domain.money import Money
from domain.personal import Personal
from domain.refusal import Refusal
from domain.stay import Stay
from domain.ties import NO_TIES, Ties


class Source(StrEnum):
    """How a reservation came: staff, the property's booking engine, or a channel such as Booking.com."""

    INTERNAL = "internal"
    ENGINE = "engine"
    CHANNEL = "channel"


class State(StrEnum):
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CHECKED_OUT = "checked_out"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


GONE = frozenset({State.CANCELLED, State.NO_SHOW})
"""Of these there is no stay."""


class Booking(BaseModel):
    """What is booked, dates in the property's calendar; `total` is the price of it, `paid` what came in so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrival: date
    departure: date
    rooms: tuple[str, ...] = ()
    total: Money | None = None
    paid: Money | None = None


class FromPms(BaseModel):
    """What a PMS can tell too; `pms_version` is its own count of changes to the reservation, None from anybody else."""

    pms_version: int | None = None


class ReservationBooked(FromPms, Event):
    """Rooms were booked. `guest_id` is who for, where that is known; the contact is as it was given with it.

    The contact is sealed under the reservation's own key: whose it is can change.
    """

    organisation_id: UUID
    property_id: UUID
    source: Source
    external_id: str | None = None
    booking: Booking
    guest_id: UUID | None = None
    language: str | None = None
    country: str | None = None
    contact: Personal[Profile] = None


class ReservationChanged(FromPms, Event):
    """What is booked or who to contact changed; both are given whole."""

    fields: tuple[str, ...]
    booking: Booking
    language: str | None = None
    country: str | None = None
    contact: Personal[Profile] = None


class ReservationRetold(FromPms, Event):
    """A PMS counted on, and told nothing new: what it told before this may still arrive, and is not news."""


class GuestCheckedIn(FromPms, Event):
    """The guest is there."""


class GuestCheckedOut(FromPms, Event):
    """The guest has left."""


class ReservationCancelled(FromPms, Event):
    """Nobody is to come any more."""


class GuestDidNotShow(FromPms, Event):
    """Nobody came."""


class ReservationReinstated(FromPms, Event):
    """What was cancelled, or had begun, is to come again."""


class ReservationLinked(Event):
    """The reservation is this guest's from now on."""

    guest_id: UUID


class ReservationUnlinked(Event):
    """The reservation is nobody's."""


class ReservationTied(Event):
    """Who is behind the reservation besides the guest changed; all of them are given."""

    ties: Ties


class ContactErased(Event):
    """Who to contact became unreadable: with a guest whose it is or was, or as whoever was announced is not wanted."""


ReservationEvent = (
    ReservationBooked
    | ReservationChanged
    | ReservationRetold
    | GuestCheckedIn
    | GuestCheckedOut
    | ReservationCancelled
    | GuestDidNotShow
    | ReservationReinstated
    | ReservationLinked
    | ReservationUnlinked
    | ReservationTied
    | ContactErased
)

Step = (
    type[GuestCheckedIn]
    | type[GuestCheckedOut]
    | type[ReservationCancelled]
    | type[GuestDidNotShow]
    | type[ReservationReinstated]
)
STEPS: dict[State, Step] = {
    State.BOOKED: ReservationReinstated,
    State.CHECKED_IN: GuestCheckedIn,
    State.CHECKED_OUT: GuestCheckedOut,
    State.CANCELLED: ReservationCancelled,
    State.NO_SHOW: GuestDidNotShow,
}
"""The event that leads to each state."""
LED_TO: dict[type[Event], State] = {step: state for state, step in STEPS.items()}


class ReservationUnknown(Refusal):
    """There is no such reservation in this organisation, or not for this caller."""

    code = "not-found"


class ReservationKnown(Refusal):
    """The property has a reservation of this external id; `members` name it."""

    code = "reservation-known"


class ReservationGone(Refusal):
    """It is not what can be done with a reservation in this state; `members` say which it is."""

    code = "reservation-state"


class GuestIsBlocked(Refusal):
    """Staff cannot book for a guest who is not welcome; `members` name them and say why."""

    code = "guest-blocked"


class ReservationDeclined(Refusal):
    """The booking engine cannot book for them, and is not told why."""

    code = "reservation-declined"


NOBODY = UUID(int=0)
NOTHING_BOOKED = Booking(arrival=date.min, departure=date.min)


@dataclass(frozen=True)
class Reservation:
    """A reservation as its events tell it; version 0 is one nobody has heard of."""

    id: UUID
    version: int = 0
    organisation_id: UUID = NOBODY
    property_id: UUID = NOBODY
    source: Source = Source.INTERNAL
    external_id: str | None = None
    booking: Booking = NOTHING_BOOKED
    contact: Known = NOTHING_KNOWN
    """As it was given; `contact.profile` is None where nobody was named, or once they were erased."""
    state: State = State.BOOKED
    guest_id: UUID | None = None
    linked: frozenset[UUID] = field(default_factory=frozenset)
    """Every guest whose it is or once was."""
    unlinked: bool = False
    """Somebody said that it is nobody's."""
    ties: Ties = NO_TIES
    erased: bool = False
    pms_version: int | None = None

    @property
    def next_place(self) -> Place:
        return Place(originator_id=self.id, originator_version=self.version + 1)

    def stays(self, today: date) -> Sequence[Stay]:
        """What the guest has of it on a day of the property's calendar: a stay in each room, none of what is gone."""
        if self.state in GONE:
            return []
        booked = self.booking
        first, *others = booked.rooms or (None,)
        stay = Stay(
            property_id=self.property_id,
            arrival=booked.arrival,
            departure=booked.departure,
            room=first,
            reservation_id=self.id,
            realised=self.state is not State.BOOKED or booked.arrival <= today,
            ties=None if self.ties == NO_TIES else self.ties,
        )
        paid = stay.model_copy(update={"paid": booked.paid})
        return [paid, *(stay.model_copy(update={"room": room}) for room in others)]


def evolve(reservation: Reservation, event: ReservationEvent) -> Reservation:
    reservation = replace(reservation, version=event.originator_version)
    if isinstance(event, FromPms) and event.pms_version is not None:
        reservation = replace(reservation, pms_version=event.pms_version)
    match event:
        case ReservationBooked():
            return replace(
                reservation,
                organisation_id=event.organisation_id,
                property_id=event.property_id,
                source=event.source,
                external_id=event.external_id,
                booking=event.booking,
                contact=Known(event.language, event.country, event.contact),
                guest_id=event.guest_id,
                linked=frozenset({event.guest_id} if event.guest_id else ()),
            )
        case ReservationChanged():
            contact = Known(event.language, event.country, event.contact)
            return replace(reservation, booking=event.booking, contact=contact)
        case ReservationLinked(guest_id=guest_id):
            linked = reservation.linked | {guest_id}
            return replace(reservation, guest_id=guest_id, linked=linked, unlinked=False)
        case ReservationUnlinked():
            return replace(reservation, guest_id=None, unlinked=True)
        case ReservationTied(ties=ties):
            return replace(reservation, ties=ties)
        case ReservationRetold():
            return reservation
        case ContactErased():
            return replace(reservation, contact=replace(reservation.contact, profile=None), erased=True)
        case _:
            return replace(reservation, state=LED_TO[type(event)])


def fold(reservation: Reservation, events: Iterable[Event]) -> Reservation:
    """An id that is another kind of stream's folds to a reservation nobody has heard of."""
    for event in events:
        if not isinstance(event, ReservationEvent):
            return Reservation(reservation.id)
        reservation = evolve(reservation, event)
    return reservation
