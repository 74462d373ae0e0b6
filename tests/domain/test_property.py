"""Given how a property is set, when it is set anew, then this is what changes; and what cannot be set."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import property as properties
from domain.access import ApiKeyRevoked
from domain.property import (
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
