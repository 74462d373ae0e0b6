"""Given how a property is set, when it is set anew, then this is what changes; and what cannot be set."""

from datetime import date, datetime
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from domain import property as properties
from domain.access import ApiKeyRevoked
from domain.property import (
    Email,
    InvitationSettings,
    Property,
    PropertyAdded,
    PropertyChanged,
    PropertySettings,
    Share,
    fold,
)

ID, ORGANISATION = UUID(int=1), UUID(int=2)
PORT = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")


def port() -> Property:
    return fold(Property(ID), properties.add(Property(ID), ORGANISATION, PORT))


def test_it_is_added_to_an_organisation() -> None:
    [event] = properties.add(Property(ID), ORGANISATION, PORT)
    assert event == PropertyAdded(originator_id=ID, originator_version=1, organisation_id=ORGANISATION, settings=PORT)
    assert port() == Property(ID, 1, ORGANISATION, PORT)


def test_a_change_names_what_differs_and_gives_the_whole() -> None:
    new = PORT.model_copy(update={"currency": "CHF", "groups": ("Lacs",)})
    [event] = properties.change(port(), new)
    assert event == PropertyChanged(originator_id=ID, originator_version=2, fields=("currency", "groups"), settings=new)
    assert fold(port(), [event]) == Property(ID, 2, ORGANISATION, new)


def test_a_change_of_nothing_is_none() -> None:
    assert properties.change(port(), PORT) == []


def test_another_kind_of_stream_is_a_property_nobody_knows() -> None:
    assert fold(port(), [ApiKeyRevoked(originator_id=ID, originator_version=2)]) == Property(ID)


@pytest.mark.parametrize("percents", [(100,), (50, 50), (0, 100), (33, 33, 34)])
def test_shares_that_make_a_whole_are_a_distribution(percents: tuple[int, ...]) -> None:
    shares = tuple(Share(portal=f"p{number}", percent=percent) for number, percent in enumerate(percents))
    assert InvitationSettings(distribution=shares).distribution == shares


@pytest.mark.parametrize("percents", [(), (99,), (50, 51), (33, 33, 33)])
def test_shares_that_do_not_are_none(percents: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        InvitationSettings(
            distribution=tuple(Share(portal=f"p{number}", percent=percent) for number, percent in enumerate(percents))
        )


@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Noumea", "UTC"])
def test_a_zone_of_the_world_is_taken(zone: str) -> None:
    assert PropertySettings.model_validate(PORT.model_dump() | {"time_zone": zone}).time_zone == zone


@pytest.mark.parametrize("zone", ["", "Paris", "Europe/Pari", "/etc/localtime", "../UTC", "Europe", "a\0b", "é" * 64])
def test_what_is_no_zone_is_not(zone: str) -> None:
    with pytest.raises(ValidationError):
        PropertySettings.model_validate(PORT.model_dump() | {"time_zone": zone})


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2025-07-07T21:59:59.999999Z", "Europe/Paris", date(2025, 7, 7)),
        ("2025-07-07T22:00:00Z", "Europe/Paris", date(2025, 7, 8)),
        ("2025-01-07T22:59:59Z", "Europe/Paris", date(2025, 1, 7)),
        ("2025-01-07T23:00:00Z", "Europe/Paris", date(2025, 1, 8)),
        # the day that clocks go forward is an hour shorter, the day they go back an hour longer
        ("2025-03-29T23:00:00Z", "Europe/Paris", date(2025, 3, 30)),
        ("2025-03-30T21:59:59Z", "Europe/Paris", date(2025, 3, 30)),
        ("2025-03-30T22:00:00Z", "Europe/Paris", date(2025, 3, 31)),
        ("2025-10-25T22:00:00Z", "Europe/Paris", date(2025, 10, 26)),
        ("2025-10-26T22:59:59Z", "Europe/Paris", date(2025, 10, 26)),
        ("2025-10-26T23:00:00Z", "Europe/Paris", date(2025, 10, 27)),
        # where clocks change at midnight: 00:00 is left out in Beirut, comes twice in Havana
        ("2025-03-29T21:59:59Z", "Asia/Beirut", date(2025, 3, 29)),
        ("2025-03-29T22:00:00Z", "Asia/Beirut", date(2025, 3, 30)),
        ("2025-11-02T04:00:00Z", "America/Havana", date(2025, 11, 2)),
        ("2025-11-02T05:00:00Z", "America/Havana", date(2025, 11, 2)),
        # far west and far east of UTC, at one moment
        ("2025-07-07T10:30:00Z", "Pacific/Pago_Pago", date(2025, 7, 6)),
        ("2025-07-07T10:30:00Z", "America/New_York", date(2025, 7, 7)),
        ("2025-07-07T10:30:00Z", "Pacific/Kiritimati", date(2025, 7, 8)),
        ("2025-07-07T10:30:00+02:00", "Pacific/Kiritimati", date(2025, 7, 7)),
        # a calendar from which 30 December 2011 is missing
        ("2011-12-30T09:59:59Z", "Pacific/Apia", date(2011, 12, 29)),
        ("2011-12-30T10:00:00Z", "Pacific/Apia", date(2011, 12, 31)),
    ],
)
def test_the_day_on_the_wall(moment: str, zone: str, expected: date) -> None:
    settings = PORT.model_copy(update={"time_zone": zone})
    assert settings.local_day(datetime.fromisoformat(moment)) == expected


ADDRESSES = TypeAdapter[str](Email)


@pytest.mark.parametrize("address", ["zoe@example.com", "é@hôtel.example", f"a@{'x' * 63}.example", "a@b.c.d.example"])
def test_an_address_is_taken_to_which_mail_can_be_sent(address: str) -> None:
    assert ADDRESSES.validate_python(address) == address


@pytest.mark.parametrize(
    "address", ["a@b..example", "a@..example", "a@b.example.", f"a@{'x' * 64}.example", f"a@{'é' * 60}.example"]
)
def test_one_that_no_mail_can_have_is_not(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ADDRESSES.validate_python(address)
    assert [flaw["type"] for flaw in refused.value.errors()] == ["email_invalid"]
