"""Names for the ids in an answer, as they are now: facts hold ids only."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from duckdb import DuckDBPyConnection

Value = str | int | float | bool | date | None
Row = dict[str, Value]

NAMES = {
    "property": "SELECT property, name FROM lake.property WHERE organisation = ?",
    "code": "SELECT code, name FROM lake.code WHERE organisation = ?",
    "item": "SELECT item, name FROM lake.cost_item WHERE organisation = ?",
}
NAMED = (*NAMES, "employee")
IDS = (*NAMED, "feedback", "guest", "source")
"""The keys that are ids: in an answer each is a column `…_id`, and what has a name is a column more."""

Employees = Callable[[], Mapping[UUID, str | None]]
"""Finds what the employees of an organisation are called, which is personal and therefore not in the lake."""

Names = Mapping[str, Mapping[UUID, str | None]]
"""By key and id."""


def names_of(connection: DuckDBPyConnection, organisation_id: UUID, keys: Iterable[str], employees: Employees) -> Names:
    names: dict[str, Mapping[UUID, str | None]] = {}
    for key in keys:
        if key in NAMES:
            names[key] = dict(connection.execute(NAMES[key], [organisation_id]).fetchall())
        elif key == "employee":
            names[key] = employees()
    return names


def columns_of(keys: Iterable[str]) -> list[str]:
    columns = []
    for key in keys:
        columns += [f"{key}_id"] if key in IDS else []
        columns += [key] if key in NAMED or key not in IDS else []
    return columns


def named(keys: Iterable[str], values: Iterable[object], names: Names) -> Row:
    """The values of the keys, by column."""
    row: Row = {}
    for key, value in zip(keys, values, strict=True):
        if key in IDS:
            row[f"{key}_id"] = None if value is None else str(value)
        if key in NAMED:
            row[key] = names[key].get(value) if isinstance(value, UUID) else None
        elif key not in IDS:
            row[key] = plain(value)
    return row


def plain(value: object) -> Value:
    match value:
        case Decimal():
            return float(value)
        case str() | bool() | int() | date() | None:
            return value
        case _:
            raise TypeError(f"an answer cannot hold a {type(value).__name__}")
