"""What staff may set in the catalogues, and what can be chosen from these at a property."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from application.catalogue import (
    GivenEntry,
    add_entry,
    change_entry,
    employee_at,
    given_items,
    load_entries,
    problems_with,
    read_entry,
    retire_entry,
)
from application.organisation import load_property
from application.problem_texts import InvalidInput
from domain.access import Forbidden, Role
from domain.catalogue import CodeChanged, CodeSettings, CostItemSettings, EmployeeSettings, EntryUnknown
from domain.money import GivenItem, Money
from domain.property import Property
from tests.application.memory import House

EUROS = Money(amount=1800, currency="EUR")
SO_MANY_EUROS = Money(amount=99_999_999_999, currency="EUR")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def port(house: House) -> Property:
    return load_property(house.ports, house.admin, house.port)


def code(house: House, *properties: UUID) -> UUID:
    return add_entry(house.ports, house.admin, CodeSettings(name="Bruit", properties=properties or None))


def item(house: House, *properties: UUID, value: Money = EUROS) -> UUID:
    settings = CostItemSettings(name="Vin", unit_value=value, properties=properties or None)
    return add_entry(house.ports, house.admin, settings)


def employee(house: House, *properties: UUID) -> UUID:
    return add_entry(house.ports, house.admin, EmployeeSettings(name="Zoé", properties=properties or None))


def renamed(settings: CodeSettings) -> CodeSettings:
    return settings.model_copy(update={"name": "Bruit de la rue"})


class TestWhoMaySet:
    def test_a_key_for_one_property_sets_what_is_for_that_one_alone(self, house: House) -> None:
        at_port = house.staff(Role.ADMIN, house.port)
        own = add_entry(house.ports, at_port, CodeSettings(name="Vue", properties=(house.port,)))
        change_entry(house.ports, at_port, CodeSettings, own, renamed)
        retire_entry(house.ports, at_port, CodeSettings, own)
        for properties in (None, (house.lago,), (house.port, house.lago)):
            with pytest.raises(Forbidden):
                add_entry(house.ports, at_port, CodeSettings(name="Vue", properties=properties))

    def test_a_key_for_one_property_reads_what_serves_it_and_changes_nothing_of_others(self, house: House) -> None:
        at_port = house.staff(Role.ADMIN, house.port)
        for shared in (code(house), code(house, house.port, house.lago)):
            assert read_entry(house.ports, at_port, CodeSettings, shared).entry.settings.name == "Bruit"
            with pytest.raises(Forbidden):
                change_entry(house.ports, at_port, CodeSettings, shared, renamed)
            with pytest.raises(Forbidden):
                retire_entry(house.ports, at_port, CodeSettings, shared)
        with pytest.raises(EntryUnknown):
            read_entry(house.ports, at_port, CodeSettings, code(house, house.lago))

    def test_a_key_for_one_property_does_not_spread_its_own(self, house: House) -> None:
        own, at_port = code(house, house.port), house.staff(Role.ADMIN, house.port)
        for properties in (None, (house.port, house.lago)):
            with pytest.raises(Forbidden):
                change_entry(
                    *(house.ports, at_port, CodeSettings, own),
                    lambda settings, wider=properties: settings.model_copy(update={"properties": wider}),  # type: ignore[misc]
                )

    def test_the_front_desk_reads_and_sets_nothing(self, house: House) -> None:
        desk, known = house.staff(Role.FRONT_DESK), code(house)
        assert read_entry(house.ports, desk, CodeSettings, known).entry.id == known
        for command in (
            lambda: add_entry(house.ports, desk, CodeSettings(name="Vue")),
            lambda: change_entry(house.ports, desk, CodeSettings, known, renamed),
            lambda: retire_entry(house.ports, desk, CodeSettings, known),
        ):
            with pytest.raises(Forbidden):
                command()

    def test_a_property_that_is_not_there_is_pointed_at(self, house: House) -> None:
        elsewhere = House().port
        for wrong in (elsewhere, uuid7(), house.admin.organisation_id):
            with pytest.raises(InvalidInput) as refused:
                code(house, house.port, wrong)
            [found] = refused.value.problems
            assert (found.pointer, found.code) == ("/properties/1", "property-unknown")

    def test_an_id_is_of_one_kind_and_one_organisation(self, house: House) -> None:
        wine = item(house)
        with pytest.raises(EntryUnknown):
            read_entry(house.ports, house.admin, CodeSettings, wine)
        with pytest.raises(EntryUnknown):
            read_entry(house.ports, House().admin, CostItemSettings, wine)
        assert load_entries(house.ports, uuid7(), CostItemSettings, [wine]) == {}

    def test_a_change_that_lost_a_race_is_decided_again(self, house: House) -> None:
        noise = code(house)
        before = read_entry(house.ports, house.admin, CodeSettings, noise).entry
        moved = before.settings.model_copy(update={"properties": (house.lago,)})
        house.log.interruptions.append(_changed(before.id, moved))
        change_entry(house.ports, house.admin, CodeSettings, noise, renamed)
        now = read_entry(house.ports, house.admin, CodeSettings, noise).entry
        assert (now.version, now.settings) == (3, CodeSettings(name="Bruit de la rue", properties=(house.lago,)))


class TestWhatCanBeChosen:
    def test_what_is_in_use_at_the_property_is(self, house: House, port: Property) -> None:
        wine, tart = item(house), item(house, house.port)
        given = [GivenEntry(item_id=wine, quantity=2), GivenEntry(item_id=tart, quantity=1, unit_value=EUROS)]
        assert problems_with(house.ports, port, code(house), employee(house, house.port), given, "/items") == []

    def test_nothing_chosen_is_nothing_wrong(self, house: House, port: Property) -> None:
        assert problems_with(house.ports, port, None, None, [], "/items") == []

    @pytest.mark.parametrize(
        ("settings", "pointer"),
        [
            (CodeSettings(name="Bruit"), "/code_id"),
            (CostItemSettings(name="Vin", unit_value=EUROS), "/resolution/items/1/item_id"),
            (EmployeeSettings(name="Zoé"), "/employee_id"),
        ],
    )
    def test_what_is_unknown_retired_or_switched_off_is_pointed_at(
        self,
        house: House,
        port: Property,
        settings: CodeSettings | CostItemSettings | EmployeeSettings,
        pointer: str,
    ) -> None:
        gone = add_entry(house.ports, house.admin, settings)
        retire_entry(house.ports, house.admin, type(settings), gone)
        elsewhere = add_entry(house.ports, house.admin, settings.model_copy(update={"properties": (house.lago,)}))
        word = pointer.rsplit("/", 1)[-1].removesuffix("_id")
        for id_, what in ((uuid7(), "unknown"), (gone, "retired"), (elsewhere, "switched-off")):
            items = [GivenEntry(item_id=item(house)), GivenEntry(item_id=id_)]
            [wrong] = problems_with(
                house.ports,
                port,
                id_ if word == "code" else None,
                id_ if word == "employee" else None,
                items if word == "item" else [],
                "/resolution/items",
            )
            assert (wrong.pointer, wrong.code) == (pointer, f"{word}-{what}")

    def test_all_that_is_wrong_is_told_at_once(self, house: House, port: Property) -> None:
        given = [GivenEntry(item_id=uuid7()), GivenEntry(item_id=uuid7())]
        wrong = problems_with(house.ports, port, uuid7(), uuid7(), given, "/items")
        assert [each.pointer for each in wrong] == ["/code_id", "/employee_id", "/items/0/item_id", "/items/1/item_id"]

    def test_an_item_keeps_the_value_it_had_when_given(self, house: House, port: Property) -> None:
        wine = item(house)
        given = [
            GivenEntry(item_id=wine, quantity=3),
            GivenEntry(item_id=wine, unit_value=Money(amount=0, currency="EUR")),
        ]
        assert given_items(house.ports, port, given) == (
            GivenItem(item_id=wine, quantity=3, unit_value=1800),
            GivenItem(item_id=wine, quantity=1, unit_value=0),
        )

    def test_where_money_is_another_the_value_is_stated_in_that_of_the_property(
        self, house: House, port: Property
    ) -> None:
        francs = Money(amount=2000, currency="CHF")
        wine = item(house, value=francs)
        for given, pointer, what in (
            (GivenEntry(item_id=wine), "/items/0/unit_value", "unit-value-missing"),
            (GivenEntry(item_id=wine, unit_value=francs), "/items/0/unit_value/currency", "currency-other"),
        ):
            [wrong] = problems_with(house.ports, port, None, None, [given], "/items")
            assert (wrong.pointer, wrong.code) == (pointer, what)
        stated = [GivenEntry(item_id=wine, unit_value=EUROS)]
        assert problems_with(house.ports, port, None, None, stated, "/items") == []
        assert [each.unit_value for each in given_items(house.ports, port, stated)] == [1800]

    def test_a_total_that_no_amount_can_tell_is_refused(self, house: House, port: Property) -> None:
        one = GivenEntry(item_id=item(house), unit_value=SO_MANY_EUROS)
        assert problems_with(house.ports, port, None, None, [one], "/items") == []
        [wrong] = problems_with(house.ports, port, None, None, [one, one], "/items")
        assert (wrong.pointer, wrong.code) == ("/items", "out-of-range")

    def test_an_employee_is_chosen_where_they_work(self, house: House) -> None:
        zoe = employee(house, house.port)
        assert employee_at(house.ports, house.admin, zoe, house.port, "/employee_id").name == "Zoé"
        for at, id_ in ((house.lago, zoe), (house.port, uuid7())):
            with pytest.raises(InvalidInput) as refused:
                employee_at(house.ports, house.admin, id_, at, "/employee_id")
            assert [each.pointer for each in refused.value.problems] == ["/employee_id"]


def _changed(code_id: UUID, settings: CodeSettings) -> list[CodeChanged]:
    return [CodeChanged(originator_id=code_id, originator_version=2, **dict(settings))]
