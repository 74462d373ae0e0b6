"""Feeds the log to read models: batch by batch, rows and checkpoint in one transaction, one feeder per read model."""

import logging
import time
from collections.abc import Iterator, Sequence
from threading import Event as Flag
from threading import Thread
from typing import LiteralString, NamedTuple, Protocol
from zlib import crc32

import psycopg
from psycopg import Connection, Cursor, sql
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from projections.projection import Projection, Recorded

BATCH = 2_000
REBUILD_BATCH = 10_000
POLL_SECONDS = 0.05
RETRY_SECONDS = 2.0
LOCKS = 0x70726F6A  # "proj": first of two integers; the second tells the read model

logger = logging.getLogger(__name__)
Pool = ConnectionPool[Connection[TupleRow]]


class Feed(Protocol):
    def read(self, after: int, limit: int, types: Sequence[str]) -> tuple[list[Recorded], int]:
        """The next events of these types, and the position that has been read up to."""


class Standing(NamedTuple):
    """Where a read model stands: the positions of the log after its own, and the age of the oldest of them."""

    name: str
    position: int
    behind_events: int
    behind_seconds: float
    failed_position: int | None
    failure: str | None


class Runner:
    """A thread for each read model. Of several processes that run one, the first feeds and the others stand by."""

    def __init__(self, pool: Pool, database_url: str, feed: Feed, projections: Sequence[Projection]) -> None:
        self._pool = pool
        self._database_url = database_url
        self._feed = feed
        self._projections = projections
        self._stop = Flag()
        self._threads: list[Thread] = []

    def start(self) -> None:
        for projection in self._projections:
            thread = Thread(target=self._run, args=[projection], name=f"projection {projection.name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Ends after the batches at hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, projection: Projection) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True) as connection:
                    self._follow(connection, projection)
            except psycopg.OperationalError as error:
                logger.warning("projection %s lost the database (%s)", projection.name, type(error).__name__)
                self._stop.wait(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001  a thread that ended would stand still without a word
                logger.error("projection %s cannot begin (%s)", projection.name, type(error).__name__)
                self._stop.wait(RETRY_SECONDS)

    def _follow(self, connection: Connection[TupleRow], projection: Projection) -> None:
        lock = [LOCKS, _lock_number(projection.name)]
        while not _one(connection, "SELECT pg_try_advisory_lock(%s, %s)", lock):
            if self._stop.wait(RETRY_SECONDS):
                return
        prepare(connection, projection)
        position = checkpoint(connection, projection.name)
        types = [kind.__name__ for kind in projection.folds]
        at_once = BATCH
        while not self._stop.is_set():
            batch: list[Recorded] = []
            try:
                batch, reached = self._feed.read(position, at_once, types)
                if reached == position:
                    self._stop.wait(POLL_SECONDS)
                    continue
                position = apply(connection, projection, batch, position, reached)
                at_once = min(2 * at_once, BATCH)
            except psycopg.OperationalError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, the read model must stop here and say so
                if at_once == 1:
                    self._stand_still(connection, projection, batch, error)
                at_once = 1  # on to the very event that cannot be folded

    def _stand_still(
        self, connection: Connection[TupleRow], projection: Projection, batch: Sequence[Recorded], error: Exception
    ) -> None:
        """Tells which event it cannot go past, and waits; without one in the batch, it could not even be read."""
        position = batch[0].position if batch else None
        what = f"at a {type(batch[0].event).__name__}" if batch else "reading what follows"
        # Neither the message nor the values: they can hold personal data.
        failure = f"{type(error).__name__} {what}"
        connection.execute(
            "UPDATE projection.checkpoints SET failed_position = %s, failure = %s WHERE name = %s",
            [position, failure, projection.name],
        )
        logger.error("projection %s stands still at position %s: %s", projection.name, position, failure)
        self._stop.wait(RETRY_SECONDS)

    def standings(self) -> list[Standing]:
        """Of every read model, also one that has not begun."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT name, coalesce(position, 0), greatest(log.settled() - coalesce(position, 0), 0),"
                " coalesce((SELECT extract(epoch FROM now() - recorded_at)::float8 FROM log.events e"
                "           WHERE e.position > c.position ORDER BY e.position LIMIT 1), 0),"
                " failed_position, CASE WHEN position IS NULL THEN 'it has not begun' ELSE failure END"
                " FROM unnest(%s::text[]) AS expected (name) LEFT JOIN projection.checkpoints c USING (name)"
                " ORDER BY name",
                [[projection.name for projection in self._projections]],
            )
            return [Standing(*row) for row in rows]

    def progress(self, name: str) -> tuple[int, int]:
        """The position that the read model has reached, -1 where there is none yet, and the last of the log.

        The last is given out, and perhaps not settled or never to be: whoever was told of a position was not
        told of a higher one.
        """
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT coalesce((SELECT position FROM projection.checkpoints WHERE name = %s), -1),"
                " pg_sequence_last_value('log.position')",
                [name],
            ).fetchone()
        assert row is not None  # it has no table to be empty
        return int(row[0]), int(row[1])

    def wait_for(self, name: str, position: int, timeout: float) -> bool:
        """Whether the read model reached the position within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            with self._pool.connection() as connection:
                if checkpoint(connection, name) >= position:
                    return True
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS / 5)


def prepare(connection: Connection[TupleRow], projection: Projection) -> None:
    """Makes the read model's schema, empty, if there is none."""
    with connection.transaction(), connection.cursor() as cursor:
        if checkpoint(connection, projection.name) < 0:
            cursor.execute("INSERT INTO projection.checkpoints (name, position) VALUES (%s, 0)", [projection.name])
            create(cursor, projection, projection.name)
            cursor.execute(projection.indexes.encode())


def create(cursor: Cursor[TupleRow], projection: Projection, schema: str) -> None:
    """Makes the tables, without indexes, in a new schema, and leaves that on the search path."""
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    use(cursor, schema)
    cursor.execute(projection.tables.encode())


def use(cursor: Cursor[TupleRow], schema: str) -> None:
    cursor.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(schema)))


def checkpoint(connection: Connection[TupleRow], name: str) -> int:
    """The position the read model has reached; -1 where there is none yet."""
    position = _one(connection, "SELECT position FROM projection.checkpoints WHERE name = %s", [name])
    return position if isinstance(position, int) else -1


def apply(
    connection: Connection[TupleRow], projection: Projection, batch: Sequence[Recorded], position: int, reached: int
) -> int:
    """Folds a batch that was read after `position`, all or nothing, and gives where the read model now stands."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT position FROM projection.checkpoints WHERE name = %s FOR UPDATE", [projection.name])
        row = cursor.fetchone()
        assert row is not None  # prepare() made it, and nothing deletes it
        if row[0] != position:
            # A rebuilt one was swapped in meanwhile: the batch was read for the old one.
            return int(row[0])
        if batch:
            use(cursor, projection.name)
            projection.apply(cursor, batch)
        cursor.execute(
            "UPDATE projection.checkpoints SET position = %s, failed_position = NULL, failure = NULL,"
            " recorded_at = coalesce(%s, recorded_at) WHERE name = %s",
            [reached, batch[-1].recorded_at if batch else None, projection.name],
        )
    return reached


def rebuild(connection: Connection[TupleRow], feed: Feed, projection: Projection) -> Iterator[tuple[int, int]]:
    """Builds the read model anew beside the live one, and swaps it in within one transaction.

    Yields the position reached and the one aimed at; the last is that of the swap. `connection` is in autocommit
    mode and nobody else's. What an interrupted rebuild left behind is dropped first.
    """
    beside = f"{projection.name}_next"
    types = [kind.__name__ for kind in projection.folds]
    _, goal = feed.read(0, 0, types)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(beside)))
        create(cursor, projection, beside)
    position = 0
    while position < goal:
        position = _feed_beside(connection, feed, projection, beside, position, types)
        yield position, goal
    with connection.transaction(), connection.cursor() as cursor:
        use(cursor, beside)
        cursor.execute(projection.indexes.encode())
    while not _swapped(connection, projection.name, beside, position):
        position = _feed_beside(connection, feed, projection, beside, position, types)
    yield position, max(position, goal)


def _swapped(connection: Connection[TupleRow], name: str, beside: str, position: int) -> bool:
    """Puts the new one in the live one's place, unless that is further; then nothing is done."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT position FROM projection.checkpoints WHERE name = %s FOR UPDATE", [name])
        row = cursor.fetchone()
        if row is not None and position < row[0]:
            return False
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(beside), sql.Identifier(name)))
        cursor.execute(
            "INSERT INTO projection.checkpoints (name, position) VALUES (%s, %s) ON CONFLICT (name)"
            " DO UPDATE SET position = excluded.position, failed_position = NULL, failure = NULL",
            [name, position],
        )
    return True


def _feed_beside(
    connection: Connection[TupleRow],
    feed: Feed,
    projection: Projection,
    beside: str,
    position: int,
    types: Sequence[str],
) -> int:
    batch, reached = feed.read(position, REBUILD_BATCH, types)
    with connection.transaction(), connection.cursor() as cursor:
        use(cursor, beside)
        if batch:
            projection.apply(cursor, batch)
    return reached


def _lock_number(name: str) -> int:
    return crc32(name.encode()) - 2**31


def _one(connection: Connection[TupleRow], statement: LiteralString, parameters: Sequence[object]) -> object:
    row = connection.execute(statement, parameters).fetchone()
    return row[0] if row else None
