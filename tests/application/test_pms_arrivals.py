"""What a PMS tells at a property that wants a person's yes: what waits, and what becomes of it with an answer."""

from datetime import date
from uuid import UUID

import pytest

from application import reservations as desk
from application.arrivals import accept_arrival, forget_arrivals, refuse_arrival
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_entry import Judged
from application.guests import register_guest
from application.organisation import change_property
from domain import reserving
from domain.access import Role
from domain.arrival import ArrivalAccepted, ArrivalAnnounced, ArrivalRefused, RefusedFor
from domain.contact import Profile
from domain.guest_events import GuestChanged, GuestRegistered, Origin, StayRecorded
from domain.property import Arrivals
from domain.reservation import ContactErased, ReservationBooked, State
from tests.application.memory import House
from tests.application.test_pms import guest_of, message, tell, the_reservation, told


@pytest.fixture
def house() -> House:
    house = House()
    change_property(
        *(house.ports, house.admin, house.port),
        lambda settings: settings.model_copy(update={"arrivals": Arrivals.CONFIRMED}),
    )
    return house


def arrival(house: House) -> UUID:
    [arrival_id] = {each.originator_id for each in told(house, ArrivalAnnounced)}
    return arrival_id


def test_the_reservation_is_booked_and_its_guest_waits(house: House) -> None:
    tell(house, message(house))
    assert the_reservation(house).guest_id is None
    assert told(house, GuestRegistered) == []
    assert arrival(house)


def test_what_changes_meanwhile_is_told_anew_of_the_same_arrival(house: House) -> None:
    other = {"last_name": "Lefèvre", "emails": ["autre@example.com"]}
    tell(house, message(house))
    tell(house, message(house, 2, "changed", arrival="2026-12-19", guest=other))
    accept_arrival(house.ports, house.admin, arrival(house))
    guest = guest_of(house, the_reservation(house))
    assert guest.known.profile
    assert guest.known.profile.emails == ("autre@example.com",)
    assert [stay.arrival for stay in guest.stays.values()] == [date(2026, 12, 19)]


def test_who_was_refused_is_not_announced_again(house: House) -> None:
    tell(house, message(house))
    refuse_arrival(house.ports, house.admin, arrival(house))
    tell(house, message(house, 2, "checked_in"))
    assert len(told(house, ArrivalAnnounced)) == 1
    assert the_reservation(house).state is State.CHECKED_IN
    assert told(house, GuestRegistered) == []


def test_a_yes_holds_for_all_that_is_told_after_it(house: House) -> None:
    tell(house, message(house))
    accept_arrival(house.ports, house.admin, arrival(house))
    tell(house, message(house, 2, "checked_in"))
    assert guest_of(house, the_reservation(house)).figures.stays == 1
    assert len(told(house, ArrivalAnnounced)) == 1


def test_of_two_reservations_of_one_person_each_is_an_arrival(house: House) -> None:
    tell(house, message(house, rooms=[]), message(house, external_id="R-2", rooms=[]))
    for arrival_id in {each.originator_id for each in told(house, ArrivalAnnounced)}:
        accept_arrival(house.ports, house.admin, arrival_id)
    booked = {each.originator_id for each in told(house, ReservationBooked)}
    recorded = [each.event.stay.reservation_id for each in house.log.recorded if isinstance(each.event, StayRecorded)]
    assert (len(told(house, GuestRegistered)), set(recorded)) == (1, booked)


@pytest.fixture
def zoe(house: House) -> UUID:
    """A guest who has the address that the PMS tells, so that nobody else gets it."""
    row = Judged("fr", "FR", Profile(last_name="Lefèvre", emails=("zoe@example.com",)), None)
    return register_guest(house.ports, house.admin, row, Origin.MANUAL)[0]


@pytest.mark.parametrize("why", RefusedFor)
def test_who_is_refused_can_be_read_nowhere(house: House, zoe: UUID, why: RefusedFor) -> None:
    tell(house, message(house))
    match why:
        case RefusedFor.DECLINED:
            refuse_arrival(house.ports, house.staff(Role.MACHINE), arrival(house))
        case RefusedFor.UNANSWERED:
            arrivals = [arrival(house)]
            forget_arrivals(house.ports, house.admin.organisation_id, arrivals, house.ports.now(), why)
        case RefusedFor.ERASED:
            anonymise_guest(house.ports, house.admin, zoe, Why(reason="Demande"))
    reservation = the_reservation(house)
    assert {arrival(house), reservation.id} <= set(house.log.forgotten)
    assert (reservation.erased, reservation.contact.profile) == (True, None)


def test_an_answer_takes_no_reservation_from_the_guest_that_staff_linked_it_to(house: House) -> None:
    tell(house, message(house))
    guest_id = house.registered("Martin")
    desk.link(house.ports, house.admin, the_reservation(house).id, guest_id)
    refuse_arrival(house.ports, house.admin, arrival(house))
    reservation = the_reservation(house)
    assert (reservation.guest_id, reservation.erased) == (guest_id, False)
    assert len(guest_of(house, reservation).stays) == 1


@pytest.mark.parametrize("in_the_same_moment", [True, False])
@pytest.mark.usefixtures("zoe")
def test_a_yes_is_for_the_guest_that_staff_linked_it_to(house: House, in_the_same_moment: bool) -> None:
    tell(house, message(house))
    guest_id = house.registered("Martin")
    linked = reserving.link(the_reservation(house), guest_id)
    if in_the_same_moment:
        house.log.interruptions = [linked]
    else:
        house.log.append(linked, house.admin.metadata(house.ports.now()))
    before = len(told(house, GuestChanged, GuestRegistered))
    assert accept_arrival(house.ports, house.admin, arrival(house))[0] == guest_id
    accepted = [each.event.guest_id for each in house.log.recorded if isinstance(each.event, ArrivalAccepted)]
    assert [*accepted, the_reservation(house).guest_id] == [guest_id, guest_id]
    assert len(told(house, GuestChanged, GuestRegistered)) == before


@pytest.mark.parametrize("still_theirs", [True, False])
@pytest.mark.usefixtures("zoe")
def test_with_a_guest_goes_what_waits_of_a_reservation_that_staff_linked_to_them(
    house: House, still_theirs: bool
) -> None:
    tell(house, message(house))
    reservation_id, guest_id = the_reservation(house).id, house.registered("Martin")
    desk.link(house.ports, house.admin, reservation_id, guest_id)
    if not still_theirs:
        desk.unlink(house.ports, house.admin, reservation_id)
    anonymise_guest(house.ports, house.admin, guest_id, Why(reason="Demande"))
    assert set(house.log.forgotten) == {guest_id, reservation_id, arrival(house)}
    assert len(told(house, ArrivalRefused)) == len(told(house, ContactErased)) == 1
