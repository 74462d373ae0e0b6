"""Keeps the lake up with the log: a batch of events, and how far they reach, in one transaction."""

from collections.abc import Sequence

import duckdb
import orjson
from duckdb import DuckDBPyConnection
from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.duckdb.engine import transaction
from adapters.duckdb.lake import Lake
from adapters.duckdb.upkeep import Upkeep
from domain.event import Event, Recorded
from projections.lake.facts import FOLDS, Change, Streams, changes

ATTEMPTS = 5
DELETE = "DELETE FROM {} WHERE {} IN (SELECT unnest(from_json_strict(?, '[\"UUID\"]')))"
INSERT = "INSERT INTO {} SELECT {} FROM (SELECT unnest(from_json_strict(?, '[[\"VARCHAR\"]]')) AS row)"


class LakeLost(Exception):
    """The lake is empty, and the log is followed from the middle: hote rebuild lake makes it anew."""


class LakeFacts:
    """The reaction `lake`. The lake's own checkpoint decides: what it has told already is not told again.

    The runner's checkpoint is committed after it, in another database, and a process can die between the two.
    """

    name = "lake"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = FOLDS

    def __init__(self, lake: Lake, streams: Streams) -> None:
        self._lake = lake
        self._streams = streams
        self._upkeep = Upkeep()

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._lake.connection() as connection:
                    connection.execute("USE lake")
                    if position(connection) == 0:
                        _require_beginning(cursor, batch[0].position)
                    tell(connection, batch, self._streams)
                    self._upkeep.after_commit(connection)
                return
            except duckdb.TransactionException:  # somebody else wrote: a rebuild, or one who lost the runner's lock
                if attempt == ATTEMPTS:
                    raise


def tell(connection: DuckDBPyConnection, batch: Sequence[Recorded], streams: Streams) -> None:
    """Brings the tables in use up to the end of a batch, in one transaction; what they have been told is skipped."""
    with transaction(connection):
        reached = position(connection)
        if new := [one for one in batch if one.position > reached]:
            for change in changes(new, streams):
                _make(connection, change)
            connection.execute("UPDATE checkpoint SET position = ?", [new[-1].position])


def position(connection: DuckDBPyConnection) -> int:
    """Of the last event that is in the tables in use."""
    row = connection.execute("SELECT position FROM checkpoint").fetchone()
    assert row is not None  # it was made with the table
    return int(row[0])


def _require_beginning(cursor: Cursor[TupleRow], first: int) -> None:
    before = "SELECT FROM log.events WHERE type = ANY(%s) AND position < %s LIMIT 1"
    if cursor.execute(before, [[kind.__name__ for kind in FOLDS], first]).fetchone() is not None:
        raise LakeLost


def _make(connection: DuckDBPyConnection, change: Change) -> None:
    """Values go as one JSON text: a parameter that is a list costs fifty times as much."""
    if change.out:
        delete = DELETE.format(change.table, change.key)
        values: list[object] = [_json(list(change.out))]
        if change.days:
            delete += " AND day BETWEEN ? AND ?"
            values += [min(change.days), max(change.days)]
        connection.execute(delete, values)
    if change.rows:
        columns = ", ".join(f"row[{number}]" for number in range(1, len(change.rows[0]) + 1))
        connection.execute(INSERT.format(change.table, columns), [_json([tuple(row) for row in change.rows])])


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()  # dates, UUIDs and enums by itself; Decimal by str
