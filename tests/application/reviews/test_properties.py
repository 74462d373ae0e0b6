"""Reviews go to the property that is called like their hotel, or to one that is made for it."""

import pytest

from application.organisation import load_property
from application.reviews.properties import HOMES, ByName, country_at_the_end
from application.reviews.refused import RowRefused
from domain.property import Property, PropertySettings
from tests.application.memory import House
from tests.application.reviews.test_judge import review


@pytest.fixture
def house() -> House:
    return House()


def by_name(house: House, *more: PropertySettings, create: bool = False) -> ByName:
    ids = [house.port, house.lago]
    known = [load_property(house.ports, house.admin, each) for each in ids]
    more_known = [Property(house.ports.new_id(), settings=each) for each in more]
    return ByName(house.ports, house.admin, known + more_known, create=create)


def test_a_name_is_compared_without_case_accents_and_punctuation(house: House) -> None:
    found = by_name(house)(review()._replace(hotel="HOTEL DU PORT."))
    assert found.id == house.port


def code(named: ByName, hotel: str | None, address: str | None = None) -> str:
    with pytest.raises(RowRefused) as refused:
        named(review()._replace(hotel=hotel, address=address))
    return refused.value.code


def test_a_hotel_that_cannot_be_told_is_refused(house: House) -> None:
    regina = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")
    assert code(by_name(house), None) == "property-missing"
    assert code(by_name(house), "Hotel Regina") == "property-unknown"
    assert code(by_name(house, regina), "Hôtel du Port") == "property-ambiguous"


def test_a_missing_property_is_made_once_where_its_address_ends(house: House) -> None:
    named = by_name(house, create=True)
    made = named(review()._replace(hotel="Apex Temple Court", address="Fleet Street London United Kingdom"))
    again = named(review()._replace(hotel="Apex temple court", address="London EC4Y 1LL, UK"))
    assert again == made
    settings = load_property(house.ports, house.admin, made.id).settings
    assert (settings.name, settings.country) == ("Apex Temple Court", "GB")
    assert (settings.time_zone, settings.currency) == ("Europe/London", "GBP")


def test_hotels_of_one_name_in_several_countries_are_several(house: House) -> None:
    named = by_name(house, create=True)
    addresses = ("Bergara 4 Barcelona Spain", "Rooseveltplatz 15 Vienna Austria")
    barcelona, vienna = (named(review()._replace(hotel="Hotel Regina", address=each)) for each in addresses)
    assert (barcelona.settings.country, vienna.settings.country) == ("ES", "AT")
    assert code(named, "Hotel Regina") == "property-ambiguous"


def test_a_country_without_time_zone_and_currency_is_refused_and_nothing_is_made(house: House) -> None:
    before = len(house.log.recorded)
    named = by_name(house, create=True)
    assert code(named, "Copacabana Palace", "Av. Atlântica Rio de Janeiro Brazil") == "country-unknown"
    assert code(named, "Somewhere", "1 rue du Lac") == "country-unknown"
    assert code(named, "Nowhere") == "country-unknown"
    assert len(house.log.recorded) == before


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("163 Marsh Wall Docklands Tower Hamlets London E14 9SJ United Kingdom", "GB"),
        ("s Gravesandestraat 55 Oost 1092 AA Amsterdam Netherlands", "NL"),
        ("12, rue de Vaugirard, 75006 Paris, France", "FR"),
        ("Via Roma 1, Milano (Italia)", "IT"),
        ("1 Karlsplatz Wien Österreich", "AT"),
        ("", None),
        ("France is nice", None),
    ],
)
def test_the_country_is_what_the_address_ends_with(address: str, country: str | None) -> None:
    assert country_at_the_end(address) == country


@pytest.mark.parametrize("country", HOMES)
def test_each_home_makes_a_property(country: str) -> None:
    time_zone, currency = HOMES[country]
    assert PropertySettings(name="H", country=country, time_zone=time_zone, currency=currency)
