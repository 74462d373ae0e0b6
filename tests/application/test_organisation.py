"""Changing the organisation: what is given back is what this change made of it."""

import pytest

from application.organisation import change_organisation
from domain.organisation import OrganisationSettings
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def renamed(settings: OrganisationSettings) -> OrganisationSettings:
    return settings.model_copy(update={"name": "Rivage"})


def test_gives_the_organisation_as_it_is_then_and_the_position(house: House) -> None:
    after, position = change_organisation(house.ports, house.admin, renamed)
    last = house.log.recorded[-1]
    assert (after.version, after.settings.name) == (last.event.originator_version, "Rivage")
    assert position == last.position


def test_what_changes_nothing_gives_the_organisation_and_its_last_position(house: House) -> None:
    changed = change_organisation(house.ports, house.admin, renamed)
    before = len(house.log.recorded)
    assert change_organisation(house.ports, house.admin, renamed) == changed
    assert len(house.log.recorded) == before
