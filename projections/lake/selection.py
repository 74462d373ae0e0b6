"""The SQL that finds the facts of a query and groups them: fixed pieces, and values as parameters."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from projections.lake.query import Query


class Selection(NamedTuple):
    """FROM and WHERE, the column that tells the day, and the values of the parameters."""

    sql: str
    day: str
    values: Sequence[object]


def selected(query: Query, table: str, day: str, condition: str = "true") -> Selection:
    """The facts of a table that a query is about, by the day in one of its columns."""
    conditions: list[tuple[str, Sequence[object]]] = [("organisation = ?", [query.organisation_id]), (condition, [])]
    if query.among is not None:
        some = f"property IN ({', '.join('?' * len(query.among))})" if query.among else "false"
        conditions.append((some, [*query.among]))
    if query.first:
        conditions.append((f"{day} >= ?", [query.first]))
    if query.last:
        conditions.append((f"{day} <= ?", [query.last]))
    for key, value in query.where.items():
        conditions.append((f"{key} IS NULL", []) if value is None else (f"{key} = ?", [value]))
    where = " AND ".join(sql for sql, _ in conditions)
    return Selection(f"FROM lake.{table} WHERE {where}", day, [value for _, values in conditions for value in values])


def grouped(
    connection: DuckDBPyConnection, facts: Selection, keys: Sequence[str], measures: str
) -> list[tuple[Any, ...]]:
    """The values of the keys, and then of the measures, which are SQL."""
    statement = f"SELECT {', '.join([*expressions(facts, keys), measures])} {facts.sql} GROUP BY ALL"
    return connection.execute(statement, facts.values).fetchall()


def expressions(facts: Selection, keys: Iterable[str]) -> list[str]:
    """The keys in SQL. A month is a text, which DuckDB finds once for each day; date_trunc it does for each row."""
    return [f"strftime({facts.day}, '%Y-%m') AS month" if key == "month" else key for key in keys]


@contextmanager
def as_of_now(connection: DuckDBPyConnection) -> Iterator[int]:
    """All that is read inside is as of one moment; gives the position of the last event that is in."""
    connection.begin()
    try:
        [(position,)] = connection.execute("SELECT position FROM lake.checkpoint").fetchall()
        yield int(position)
    finally:
        connection.rollback()


def per(amount: int | Decimal | None, number: int, places: int = 2) -> float | None:
    """The quotient, rounded half to even; None where nothing is divided by.

    No quotient of amounts is so near to half a hundredth that 28 digits could not tell on which side it is.
    """
    return float(round(Decimal(amount or 0) / number, places)) if number else None
