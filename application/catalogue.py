"""Commands about codes, cost items and employees, and what other commands choose from these."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from application.caller import Caller, require_version
from application.ports import Ports
from application.problem_texts import InvalidInput, problem
from application.races import persistently
from domain import catalogue, property
from domain.access import Forbidden, Right
from domain.catalogue import (
    CatalogueEvent,
    CodeSettings,
    CostItemSettings,
    EmployeeSettings,
    Entry,
    EntryUnknown,
    S,
)
from domain.contact import FieldProblem
from domain.event import Recorded
from domain.money import LARGEST_AMOUNT, MOST_OF_ONE, GivenItem, Money, total
from domain.property import Property


@dataclass(frozen=True)
class EntryRecord(Generic[S]):
    """An entry with when it was added, and the position of its last event."""

    entry: Entry[S]
    created_at: datetime
    position: int


def read_entry(ports: Ports, caller: Caller, kind: type[S], entry_id: UUID) -> EntryRecord[S]:
    """Raises EntryUnknown, also for one that is switched on only where the caller's key does not reach; Forbidden."""
    caller.require(Right.READ_SETTINGS)
    recorded = ports.log.stream(entry_id)
    entry = catalogue.fold(kind, (each.event for each in recorded))
    if (
        entry is None
        or entry.organisation_id != caller.organisation_id
        or not caller.sees(entry.settings.properties or ())
    ):
        raise EntryUnknown("There is no such entry.")
    return EntryRecord(entry, recorded[0].recorded_at, recorded[-1].position)


def add_entry(ports: Ports, caller: Caller, settings: CodeSettings | CostItemSettings | EmployeeSettings) -> UUID:
    """Gives the id of the new entry. Raises InvalidInput for a property that is unknown, Forbidden."""
    caller.require(Right.WRITE_SETTINGS)
    _require_reach(caller, settings.properties)
    _require_known(ports, caller, settings.properties)
    entry_id = ports.new_id()
    ports.log.append(catalogue.add(entry_id, caller.organisation_id, settings), caller.metadata(ports.now()))
    return entry_id


def change_entry(
    ports: Ports,
    caller: Caller,
    kind: type[S],
    entry_id: UUID,
    new_settings: Callable[[S], S],
    *,
    expected: int | None = None,
) -> None:
    """Raises as add_entry, and EntryUnknown, EntryRetired, VersionMismatch, ConcurrentChange."""

    def decision(entry: Entry[S]) -> Sequence[CatalogueEvent]:
        settings = new_settings(entry.settings)
        _require_reach(caller, settings.properties)
        _require_known(ports, caller, settings.properties)
        return catalogue.change(entry, settings)

    _decide(ports, caller, kind, entry_id, decision, expected)


def retire_entry(ports: Ports, caller: Caller, kind: type[S], entry_id: UUID) -> None:
    """Raises EntryUnknown, ConcurrentChange, Forbidden."""
    _decide(ports, caller, kind, entry_id, catalogue.retire, None)


def _decide(
    ports: Ports,
    caller: Caller,
    kind: type[S],
    entry_id: UUID,
    decision: Callable[[Entry[S]], Sequence[CatalogueEvent]],
    expected: int | None,
) -> None:
    caller.require(Right.WRITE_SETTINGS)

    def attempt() -> None:
        entry = read_entry(ports, caller, kind, entry_id).entry
        _require_reach(caller, entry.settings.properties)
        require_version(entry.version, expected)
        if events := decision(entry):
            ports.log.append(events, caller.metadata(ports.now()))

    persistently(attempt)


def _require_reach(caller: Caller, properties: Collection[UUID] | None) -> None:
    if not caller.covers(properties):
        raise Forbidden("The key reaches some properties only: it changes what is switched on at these and no others.")


def _require_known(ports: Ports, caller: Caller, properties: Sequence[UUID] | None) -> None:
    streams = ports.log.streams(properties or ())
    wrong = [
        problem(f"/properties/{number}", "property-unknown")
        for number, property_id in enumerate(properties or ())
        if _organisation_of(property_id, streams.get(property_id, ())) != caller.organisation_id
    ]
    if wrong:
        raise InvalidInput(wrong)


def _organisation_of(property_id: UUID, recorded: Sequence[Recorded]) -> UUID | None:
    return property.fold(Property(property_id), (each.event for each in recorded)).organisation_id


class GivenEntry(BaseModel):
    """So many of a cost item, at the catalogue's value where no other is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item_id: UUID
    quantity: Annotated[int, Field(ge=1, le=MOST_OF_ONE, strict=True)] = 1
    unit_value: Money | None = None


def problems_with(
    ports: Ports,
    hotel: Property,
    code_id: UUID | None,
    employee_id: UUID | None,
    items: Sequence[GivenEntry],
    items_pointer: str,
) -> list[FieldProblem]:
    """What cannot be chosen at the property: it is unknown, retired or switched off there, or has no value."""
    found: list[FieldProblem] = []
    if code_id is not None:
        entry = load_entries(ports, hotel.organisation_id, CodeSettings, [code_id]).get(code_id)
        found += _problems_with_choice("/code_id", "code", entry, hotel.id)
    if employee_id is not None:
        employee = load_entries(ports, hotel.organisation_id, EmployeeSettings, [employee_id]).get(employee_id)
        found += _problems_with_choice("/employee_id", "employee", employee, hotel.id)
    known = load_entries(ports, hotel.organisation_id, CostItemSettings, [each.item_id for each in items])
    for number, each in enumerate(items):
        item, pointer = known.get(each.item_id), f"{items_pointer}/{number}"
        found += _problems_with_choice(f"{pointer}/item_id", "item", item, hotel.id)
        if each.unit_value and each.unit_value.currency != hotel.settings.currency:
            found.append(problem(f"{pointer}/unit_value/currency", "currency-other"))
        if item and not each.unit_value and item.settings.unit_value.currency != hotel.settings.currency:
            found.append(problem(f"{pointer}/unit_value", "unit-value-missing"))
    if not found and total(_valued(known, items)) >= LARGEST_AMOUNT:
        found.append(problem(items_pointer, "out-of-range"))
    return found


def given_items(ports: Ports, hotel: Property, items: Sequence[GivenEntry]) -> tuple[GivenItem, ...]:
    """With the catalogue's value where no other is given; of items that `problems_with` found nothing wrong with."""
    return _valued(
        load_entries(ports, hotel.organisation_id, CostItemSettings, [each.item_id for each in items]), items
    )


def _valued(known: Mapping[UUID, Entry[CostItemSettings]], items: Sequence[GivenEntry]) -> tuple[GivenItem, ...]:
    return tuple(
        GivenItem(
            item_id=each.item_id,
            quantity=each.quantity,
            unit_value=(each.unit_value or known[each.item_id].settings.unit_value).amount,
        )
        for each in items
    )


def employee_at(ports: Ports, caller: Caller, employee_id: UUID, property_id: UUID, pointer: str) -> EmployeeSettings:
    """Who works at the property. Raises InvalidInput at the pointer for anybody else."""
    employee = load_entries(ports, caller.organisation_id, EmployeeSettings, [employee_id]).get(employee_id)
    wrong = _problems_with_choice(pointer, "employee", employee, property_id)
    if employee is None or wrong:
        raise InvalidInput(wrong)
    return employee.settings


def load_entries(
    ports: Ports, organisation_id: UUID | None, kind: type[S], ids: Sequence[UUID]
) -> dict[UUID, Entry[S]]:
    """Those of this kind that are the organisation's, read in one query; the others are left out."""
    found = (catalogue.fold(kind, (each.event for each in told)) for told in ports.log.streams(ids).values())
    return {entry.id: entry for entry in found if entry and entry.organisation_id == organisation_id}


def _problems_with_choice(pointer: str, what: str, entry: Entry[S] | None, property_id: UUID) -> list[FieldProblem]:
    if entry is None:
        return [problem(pointer, f"{what}-unknown")]
    if entry.retired:
        return [problem(pointer, f"{what}-retired")]
    if not entry.switched_on(property_id):
        return [problem(pointer, f"{what}-switched-off")]
    return []
