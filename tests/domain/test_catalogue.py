"""Given an entry of a catalogue, when it is changed or retired, then this is what happens; and what it folds to."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import catalogue
from domain.access import ApiKeyRevoked
from domain.catalogue import (
    CatalogueEvent,
    CodeChanged,
    CodeSettings,
    CostItemChanged,
    CostItemSettings,
    EmployeeAdded,
    EmployeeDetails,
    EmployeeSettings,
    Entry,
    EntryRetired,
    S,
    fold,
)
from domain.money import Money

ID, ORGANISATION, PORT, LAGO = (UUID(int=number) for number in range(1, 5))
NOISE = CodeSettings(name="Bruit", properties=(PORT,))
WINE = CostItemSettings(name="Vin", unit_value=Money(amount=1800, currency="EUR"))
ZOE = EmployeeSettings(name="Zoé", email="zoe@rivage.example")


def entry(settings: S, *more: CatalogueEvent) -> Entry[S]:
    found = fold(type(settings), [*catalogue.add(ID, ORGANISATION, settings), *more])
    assert found is not None
    return found


@pytest.mark.parametrize("settings", [NOISE, WINE, ZOE])
def test_it_is_added_changed_and_retired(settings: CodeSettings | CostItemSettings | EmployeeSettings) -> None:
    added = entry(settings)
    assert added == Entry(ID, 1, ORGANISATION, settings)
    renamed = settings.model_copy(update={"name": "Autrement", "properties": (LAGO,)})
    changed = entry(settings, *catalogue.change(added, renamed))
    assert changed == Entry(ID, 2, ORGANISATION, renamed)
    retired = entry(settings, *catalogue.change(added, renamed), *catalogue.retire(changed))
    assert retired == Entry(ID, 3, ORGANISATION, renamed, retired=True)


@pytest.mark.parametrize("settings", [NOISE, WINE, ZOE])
def test_what_is_retired_stays_as_it_is(settings: CodeSettings | CostItemSettings | EmployeeSettings) -> None:
    retired = entry(settings, *catalogue.retire(entry(settings)))
    assert catalogue.retire(retired) == []
    with pytest.raises(EntryRetired):
        catalogue.change(retired, settings)


@pytest.mark.parametrize("settings", [NOISE, WINE, ZOE])
def test_a_change_of_nothing_is_none(settings: CodeSettings | CostItemSettings | EmployeeSettings) -> None:
    assert catalogue.change(entry(settings), settings) == []


def test_a_change_gives_the_whole() -> None:
    at_both = NOISE.model_copy(update={"properties": (PORT, LAGO)})
    [event] = catalogue.change(entry(NOISE), at_both)
    assert event == CodeChanged(originator_id=ID, originator_version=2, name="Bruit", properties=(PORT, LAGO))
    dearer = WINE.model_copy(update={"unit_value": Money(amount=2000, currency="EUR")})
    [event] = catalogue.change(entry(WINE), dearer)
    assert event == CostItemChanged(originator_id=ID, originator_version=2, name="Vin", unit_value=dearer.unit_value)


def test_who_an_employee_is_stands_in_one_field_under_their_own_key() -> None:
    [event] = catalogue.add(ID, ORGANISATION, ZOE)
    assert event == EmployeeAdded(
        originator_id=ID,
        originator_version=1,
        organisation_id=ORGANISATION,
        details=EmployeeDetails(name="Zoé", email="zoe@rivage.example"),
    )
    assert EmployeeAdded.personal["details"].id_field == "originator_id"


def test_an_employee_whose_details_nobody_can_read_is_nobody() -> None:
    [added] = catalogue.add(ID, ORGANISATION, ZOE)
    assert fold(EmployeeSettings, [added.model_copy(update={"details": None})]) is None


def test_it_is_switched_on_where_it_says_or_everywhere() -> None:
    assert entry(NOISE).switched_on(PORT)
    assert not entry(NOISE).switched_on(LAGO)
    assert entry(WINE).switched_on(LAGO)


def test_another_kind_of_stream_is_no_entry() -> None:
    assert fold(CodeSettings, catalogue.add(ID, ORGANISATION, WINE)) is None
    assert fold(CodeSettings, [ApiKeyRevoked(originator_id=ID, originator_version=1)]) is None
    assert fold(CodeSettings, []) is None


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (CodeSettings, {"name": " "}),
        (CodeSettings, {"name": "a\0b"}),
        (CodeSettings, {"name": "n" * 101}),
        (CodeSettings, {"properties": []}),
        (CostItemSettings, {"unit_value": {"amount": -1, "currency": "EUR"}}),
        (CostItemSettings, {"unit_value": {"amount": 18.5, "currency": "EUR"}}),
        (CostItemSettings, {"unit_value": {"amount": 1850, "currency": "euro"}}),
        (EmployeeSettings, {"email": "zoe"}),
        (EmployeeSettings, {"email": "zoe@rivage.example\r\nBcc: all@rivage.example"}),
    ],
)
def test_what_cannot_be_set(kind: type[CodeSettings | CostItemSettings | EmployeeSettings], wrong: object) -> None:
    right = {CodeSettings: NOISE, CostItemSettings: WINE, EmployeeSettings: ZOE}[kind].model_dump(mode="json")
    kind.model_validate(right)
    with pytest.raises(ValidationError):
        kind.model_validate({**right, **wrong})  # type: ignore[dict-item]
