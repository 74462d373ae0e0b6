"""Given a company or an occasion, when it is added and changed, then this is told."""

from datetime import date
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import party
from domain.party import CompanyChanged, CompanySettings, OccasionAdded, OccasionSettings, Party, fold

ID, ORGANISATION, PROPERTY = UUID(int=1), UUID(int=2), UUID(int=3)
SIRVOY = CompanySettings(name="Sirvoy")
WEDDING = OccasionSettings(name="Mariage", property_id=PROPERTY, begins_on=date(2026, 7, 10), ends_on=date(2026, 7, 12))


def test_it_is_as_it_was_added() -> None:
    [event] = party.add(ID, ORGANISATION, WEDDING)
    assert isinstance(event, OccasionAdded)
    assert fold(OccasionSettings, [event]) == Party(ID, 1, ORGANISATION, WEDDING)


def test_a_change_gives_the_whole_and_nothing_where_nothing_differs() -> None:
    sirvoy = fold(CompanySettings, party.add(ID, ORGANISATION, SIRVOY))
    assert sirvoy
    assert party.change(sirvoy, SIRVOY) == []
    renamed = SIRVOY.model_copy(update={"name": "Sirvoy AB"})
    assert party.change(sirvoy, renamed) == [CompanyChanged(originator_id=ID, originator_version=2, settings=renamed)]


def test_one_kind_is_not_the_other() -> None:
    assert fold(CompanySettings, party.add(ID, ORGANISATION, WEDDING)) is None
    assert fold(OccasionSettings, party.add(ID, ORGANISATION, SIRVOY)) is None
    assert fold(CompanySettings, []) is None


def test_what_nobody_can_read_any_more_is_unknown() -> None:
    [event] = party.add(ID, ORGANISATION, WEDDING)
    assert fold(OccasionSettings, [event.model_copy(update={"settings": None})]) is None


def test_an_occasion_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="before"):
        OccasionSettings.model_validate(WEDDING.model_dump() | {"ends_on": date(2026, 7, 9)})
