"""The facts behind a figure: rows of the lake, by pages or whole."""

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from duckdb import DuckDBPyConnection

from projections import cursor as cursors
from projections.lake.names import Employees, Row, columns_of, named, names_of
from projections.lake.query import BadQuery, Query
from projections.lake.selection import Selection, as_of_now

STEP = 1_000


class Facts(NamedTuple):
    """Rows to show: their keys, and those they are ordered by, no two the same, with what reads each from a text."""

    selection: Selection
    keys: Sequence[str]
    order: Mapping[str, Callable[[str], object]]


class Page(NamedTuple):
    """`next` is the cursor of the page after, None at the end; `position` as in a report."""

    columns: Sequence[str]
    items: Sequence[Row]
    next: str | None
    position: int


def of_feedback(selection: Selection) -> Facts:
    keys = (
        "feedback", "day", "property", "kind", "origin", "portal", "code", "room", "employee", "guest", "rating",
        "alert", "resolved_on", "seconds_to_resolution", "satisfaction", "currency", "cost",
    )  # fmt: skip
    return Facts(selection, keys, {selection.day: date.fromisoformat, "feedback": UUID})


def of_given(selection: Selection) -> Facts:
    keys = (
        "source", "origin", "day", "property", "code", "room", "employee", "guest", "item", "line", "quantity",
        "unit_value", "value", "currency",
    )  # fmt: skip
    return Facts(selection, keys, {"day": date.fromisoformat, "source": UUID, "item": UUID, "line": _line})


def page(
    connection: DuckDBPyConnection, facts: Facts, query: Query, employees: Employees, limit: int, cursor: str | None
) -> Page:
    """Raises BadQuery."""
    statement, values = _ordered(facts, _place(facts, cursor))
    with as_of_now(connection) as position:
        found = connection.execute(f"{statement} LIMIT ?", [*values, limit + 1]).fetchall()
        names = names_of(connection, query.organisation_id, facts.keys, employees)
    rows = found[:limit]
    last = dict(zip(facts.keys, rows[-1], strict=True)) if len(found) > limit else None
    next_ = None if last is None else cursors.written(last[key] for key in facts.order)
    return Page(columns_of(facts.keys), [named(facts.keys, row, names) for row in rows], next_, position)


def whole(
    connection: DuckDBPyConnection, facts: Facts, query: Query, employees: Employees
) -> Generator[Row, None, None]:
    """All of them, as of one moment."""
    with as_of_now(connection):
        names = names_of(connection, query.organisation_id, facts.keys, employees)
        connection.execute(*_ordered(facts, []))
        while rows := connection.fetchmany(STEP):
            yield from (named(facts.keys, row, names) for row in rows)


def _ordered(facts: Facts, after: Sequence[object]) -> tuple[str, list[object]]:
    """A statement and its values, for the rows after a place in the order."""
    place = ", ".join(facts.order)
    beyond = f" AND ({place}) > ({', '.join('?' * len(after))})" if after else ""
    statement = f"SELECT {', '.join(facts.keys)} {facts.selection.sql}{beyond} ORDER BY {place}"
    return statement, [*facts.selection.values, *after]


def _place(facts: Facts, cursor: str | None) -> list[object]:
    """Where the page before ended; nothing for the first page. Raises BadQuery."""
    if cursor is None:
        return []
    try:
        return cursors.read(cursor, list(facts.order.values()))
    except cursors.BadCursor as error:
        raise BadQuery("cursor", "This is not the next of any page", "next of the page before") from error


def _line(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**15:
        raise ValueError("not a line")
    return number
