"""What every report is made of: what is asked, what it is grouped by, and the answer with its position."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from projections.guest_list.text import fold
from projections.lake.drill_down import Facts
from projections.lake.names import Employees, Row, Value, columns_of, named, names_of
from projections.lake.query import BadQuery, Query
from projections.lake.selection import as_of_now

DIMENSIONS: Mapping[str, Sequence[str]] = {
    "kind": ["kind"],
    "origin": ["origin"],
    "portal": ["portal"],
    "code": ["code"],
    "item": ["item"],
    "property": ["property"],
    "room": ["property", "room"],
    "employee": ["employee"],
    "month": ["month"],
}
"""What facts can be grouped by, and the keys it stands for: a room number means nothing without its property."""

MOST_DIMENSIONS = 2


class Cell(NamedTuple):
    """The figures of the facts that have these values for the keys."""

    values: Sequence[object]
    figures: Row


Totals = Row | Sequence[Row]
"""The figures of all cells together; a list where there is one for each currency."""

Figures = Callable[[DuckDBPyConnection, Query, Sequence[str]], tuple[Sequence[Cell], Totals]]
"""Finds the cells of a query for some keys."""


class Definition(NamedTuple):
    """A report: what it can be grouped by, and always is before that; its columns after the keys; where they come from.

    `facts` are the rows behind the figures of a query.
    """

    dimensions: Sequence[str]
    columns: Sequence[str]
    figures: Figures
    facts: Callable[[Query], Facts]
    always: Sequence[str] = ()


class Report(NamedTuple):
    """Figures for the values of the dimensions, and in all, as of the event at `position`."""

    columns: Sequence[str]
    rows: Sequence[Row]
    totals: Totals
    position: int


def run(connection: DuckDBPyConnection, definition: Definition, query: Query, employees: Employees) -> Report:
    """The report, in the order of the names of what it is grouped by. Raises BadQuery."""
    keys = keys_of(definition, query.group_by)
    with as_of_now(connection) as position:
        cells, totals = definition.figures(connection, query, keys)
        names = names_of(connection, query.organisation_id, keys, employees)
    rows = [named(keys, cell.values, names) | cell.figures for cell in cells]
    order(rows, [*(column for key in keys for column in (key, f"{key}_id")), "currency"])
    return Report([*columns_of(keys), *definition.columns], rows, totals, position)


def keys_of(definition: Definition, group_by: Sequence[str]) -> list[str]:
    """Each once. Raises BadQuery."""
    if any(dimension not in definition.dimensions for dimension in group_by):
        raise BadQuery("group_by", "The report can be grouped by", ", ".join(definition.dimensions))
    if len(group_by) > MOST_DIMENSIONS:
        raise BadQuery("group_by", "Dimensions of a report", f"≤ {MOST_DIMENSIONS}")
    return list(dict.fromkeys(key for dimension in (*definition.always, *group_by) for key in DIMENSIONS[dimension]))


def order(rows: list[Row], columns: Sequence[str]) -> None:
    """By the first of the columns that differs, without regard to case and accents; what has no value comes last."""
    places: list[Mapping[Value, int]] = []
    for column in columns:
        values = {row.get(column) for row in rows}
        ordered = sorted(values, key=lambda value: (value is None, fold(str(value)), str(value)))
        places.append({value: place for place, value in enumerate(ordered)})
    rows.sort(key=lambda row: [place[row.get(column)] for place, column in zip(places, columns, strict=True)])
