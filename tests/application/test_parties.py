"""Who is behind companies, occasions and reservations is asked when they are named, and not at every change."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from application import merging, reservations
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.parties import add_party, change_party, read_party
from application.problem_texts import InvalidInput
from application.reservation_entry import ContactEntry, ReservationEntry, entry_of
from domain.access import Role
from domain.guest import GuestMergedAway
from domain.party import CompanySettings, OccasionSettings
from tests.application.memory import House

DAY = date(2026, 12, 1)


def merged(house: House, guest_id: UUID) -> None:
    merging.merge(house.ports, house.admin, house.registered(), guest_id, {})


def forgotten(house: House, guest_id: UUID) -> None:
    anonymise_guest(house.ports, house.admin, guest_id, Why(reason="Demande"))


gone = pytest.mark.parametrize("gone", [merged, forgotten])
Gone = Callable[[House, UUID], None]


@pytest.fixture
def house() -> House:
    return House()


def wedding(house: House, **named: UUID) -> OccasionSettings:
    return OccasionSettings(name="Mariage", property_id=house.port, begins_on=DAY, ends_on=DAY, **named)


def renamed(settings: CompanySettings) -> CompanySettings:
    return settings.model_copy(update={"name": "Sirvoy AB"})


@gone
def test_a_company_whose_contact_person_is_gone_can_be_changed(house: House, gone: Gone) -> None:
    anne = house.registered()
    company = add_party(house.ports, house.admin, CompanySettings(name="Sirvoy", contact_person_id=anne))
    gone(house, anne)
    change_party(house.ports, house.admin, CompanySettings, company, renamed)
    found = read_party(house.ports, house.admin, CompanySettings, company).party
    assert found.settings == CompanySettings(name="Sirvoy AB", contact_person_id=anne)


def test_an_occasion_can_be_changed_also_by_who_does_not_know_its_contact_person(house: House) -> None:
    elsewhere = house.registered("Keller", house.lago)
    company = add_party(house.ports, house.admin, CompanySettings(name="Sirvoy"))
    settings = wedding(house, contact_person_id=elsewhere, company_id=company)
    occasion = add_party(house.ports, house.admin, settings)
    desk = house.staff(Role.FRONT_DESK, house.port)

    def longer(before: OccasionSettings) -> OccasionSettings:
        return before.model_copy(update={"ends_on": date(2026, 12, 2)})

    change_party(house.ports, desk, OccasionSettings, occasion, longer)
    assert read_party(house.ports, desk, OccasionSettings, occasion).party.settings == longer(settings)


@gone
def test_a_reservation_whose_contact_person_is_gone_can_be_changed(house: House, gone: Gone) -> None:
    anne, company = house.registered(), add_party(house.ports, house.admin, CompanySettings(name="Sirvoy"))
    guest = ContactEntry(last_name="Lefèvre", emails=["zoe@example.com"])
    entry = ReservationEntry(property_id=house.port, arrival=DAY, departure=DAY, guest=guest)
    reservation, _ = reservations.book(house.ports, house.admin, entry)
    reservations.name_contact_person(house.ports, house.admin, reservation, anne)
    gone(house, anne)
    booked_by = {"company_id": company}
    reservations.change(
        house.ports, house.admin, reservation, lambda found: entry_of(found).model_copy(update=booked_by)
    )
    ties = reservations.read_reservation(house.ports, house.admin, reservation).reservation.ties
    assert (ties.company_id, ties.contact_person_id) == (company, anne)


def test_who_is_gone_is_not_named_anew(house: House) -> None:
    anne, lena, zoe = house.registered(), house.registered(), house.registered()
    company = add_party(house.ports, house.admin, CompanySettings(name="Sirvoy", contact_person_id=zoe))
    forgotten(house, anne)
    with pytest.raises(InvalidInput):
        change_party(house.ports, house.admin, CompanySettings, company, lambda before: naming(before, anne))
    merging.merge(house.ports, house.admin, zoe, lena, {})
    with pytest.raises(GuestMergedAway):
        change_party(house.ports, house.admin, CompanySettings, company, lambda before: naming(before, lena))


def naming(before: CompanySettings, guest_id: UUID) -> CompanySettings:
    return before.model_copy(update={"contact_person_id": guest_id})
