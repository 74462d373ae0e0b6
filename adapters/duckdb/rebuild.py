"""Makes the lake anew from the log beside the live one, and swaps it in within one transaction."""

from collections.abc import Generator, Iterator, Sequence

from duckdb import DuckDBPyConnection
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.duckdb.engine import transaction
from adapters.duckdb.lake import Lake, create_tables, partition
from adapters.duckdb.writer import tell
from projections.folding import advance, lock_number, locked_checkpoint
from projections.lake.facts import FOLDS, Streams
from projections.projection import Feed, Recorded
from projections.rebuild import REBUILDS, CannotBegin, Step

BATCH = 50_000
TYPES = [kind.__name__ for kind in FOLDS]
ORDERED = {"feedback": "organisation, day", "given": "organisation, day", "stay": "organisation, arrival"}
"""How rows lie in the files, so that a query of some days opens few; the other tables are small."""


def rebuild(connection: Connection[TupleRow], feed: Feed, lake: Lake, streams: Streams) -> Generator[Step, None, None]:
    """As projections.rebuild.rebuild, for the lake; also where its files are lost.

    The tables are made in memory, or in temporary files. Whatever ends this process, the live ones are as they were.
    """
    lock = [REBUILDS, lock_number("lake")]
    if connection.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone() != (True,):
        raise CannotBegin("another process is rebuilding lake")
    try:
        with lake.connection() as outer:
            outer.execute("ATTACH ':memory:' AS beside")
            try:
                with lake.connection() as duck:
                    yield from _rebuilt(connection, duck, feed, streams)
            finally:
                outer.execute("DETACH beside")
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def _rebuilt(
    connection: Connection[TupleRow], duck: DuckDBPyConnection, feed: Feed, streams: Streams
) -> Generator[Step, None, None]:
    create_tables(duck, "beside")
    duck.execute("USE beside")
    reached, goal = 0, feed.read(0, 0, TYPES)[1]
    yield Step("folding", 0, goal)
    for reached in _follow(duck, feed, streams, 0, goal):
        yield Step("folding", reached, goal)
    with connection.transaction(), connection.cursor() as cursor:
        live = locked_checkpoint(cursor, "lake")  # from here on its feeder waits
        for reached in _follow(duck, feed, streams, goal, live):
            yield Step("catching up", reached, live)
        yield Step("swapping", reached, reached)
        _swap(duck)
        cursor.execute(
            "UPDATE projection.checkpoints SET position = %s, failed_position = NULL, failure = NULL"
            " WHERE name = 'lake'",
            [reached],
        )
    yield Step("done", reached, reached)


def _follow(duck: DuckDBPyConnection, feed: Feed, streams: Streams, position: int, goal: int) -> Iterator[int]:
    def fold(batch: Sequence[Recorded], _: int, reached: int) -> int:
        tell(duck, batch, streams)
        return reached

    at_once = BATCH
    while position < goal:
        position, at_once = advance(feed, position, min(at_once, BATCH, goal - position), TYPES, fold)
        yield position


def _swap(duck: DuckDBPyConnection) -> None:
    """The live tables are not emptied but dropped, which does not read their files."""
    found = duck.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'beside'").fetchall()
    tables = [table for (table,) in found]
    with transaction(duck):
        for table in tables:
            duck.execute(f"DROP TABLE lake.{table}; CREATE TABLE lake.{table} AS FROM beside.{table} LIMIT 0")
        partition(duck)
        for table in tables:
            order = f"ORDER BY {ORDERED[table]}" if table in ORDERED else ""
            duck.execute(f"INSERT INTO lake.{table} FROM beside.{table} {order}")
