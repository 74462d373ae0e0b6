"""Makes a read model anew from the log beside the live one, and swaps it in; clears away what was left half-made."""

import logging
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from psycopg import Connection, sql
from psycopg.errors import LockNotAvailable
from psycopg.rows import TupleRow

from projections.folding import advance, create, drop, exists, lock_number, locked_checkpoint, use
from projections.projection import Feed, Projection, Recorded

BATCH = 10_000
REBUILDS = 0x7262_6C64  # "rbld": first of two integers of an advisory lock; the second tells the read model

logger = logging.getLogger(__name__)


class CannotBegin(Exception):
    """Another rebuild of this read model is at work, or what an earlier one left is still read from."""


class Step(NamedTuple):
    """What a rebuild does now, the position it has reached, and the one it aims at."""

    doing: str
    position: int
    goal: int


def rebuild(connection: Connection[TupleRow], feed: Feed, projection: Projection) -> Generator[Step, None, None]:
    """Builds the read model beside the live one, and swaps it in within one transaction.

    `connection` is in autocommit mode and nobody else's. Whoever does not go on to the end closes the iterator
    before the connection; then, and after any error, what was built is dropped and the live one is as it was.
    Raises CannotBegin, and StandsStill at an event that cannot be folded.
    """
    lock = [REBUILDS, lock_number(projection.name)]
    if connection.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone() != (True,):
        raise CannotBegin(f"another process is rebuilding {projection.name}")
    try:
        drop_leftovers(connection, [projection])
        if rebuilding(connection, [projection.name]):
            raise CannotBegin(f"what an earlier rebuild of {projection.name} left is still read from: try again later")
        new = _Beside(connection, feed, projection)
        goal = new.head()
        yield Step("folding", 0, goal)
        for position in new.follow(goal):
            yield Step("folding", position, goal)
        yield Step("making indexes", goal, goal)
        new.index()
        while not new.swapped():
            goal = new.head()
            for position in new.follow(goal):
                yield Step("catching up", position, goal)
        yield Step("done", new.position, new.position)
    finally:
        if not connection.closed:
            drop_leftovers(connection, [projection])
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def rebuilding(connection: Connection[TupleRow], names: Sequence[str]) -> bool:
    """Whether these read models have copies besides the live one: being made, replaced, or left behind."""
    copies = [copy for name in names for copy in _copies(name)]
    return connection.execute("SELECT FROM pg_namespace WHERE nspname = ANY(%s)", [copies]).fetchone() is not None


def drop_leftovers(connection: Connection[TupleRow], projections: Sequence[Projection]) -> None:
    """Drops the copies of read models that nobody is rebuilding: they hold what the live one shows of guests.

    One that is still read from is left for the next time.
    """
    for projection in projections:
        for copy in _copies(projection.name):
            try:
                with connection.transaction(), connection.cursor() as cursor:
                    free = "SELECT pg_try_advisory_xact_lock(%s, %s)"
                    lock = [REBUILDS, lock_number(projection.name)]
                    if exists(cursor, copy) and cursor.execute(free, lock).fetchone() == (True,):
                        # Below deadlock_timeout: a reader of several tables is never the one that fails.
                        cursor.execute("SET LOCAL lock_timeout = '500ms'")
                        drop(cursor, copy)
            except LockNotAvailable:
                logger.warning("%s is still read from, and is dropped later", copy)


def _copies(name: str) -> tuple[str, str]:
    """The schema that is built beside the live one, and the one that was live before."""
    return f"{name}_next", f"{name}_old"


class _Beside:
    """A read model in the making, in a schema beside the live one."""

    def __init__(self, connection: Connection[TupleRow], feed: Feed, projection: Projection) -> None:
        self._connection = connection
        self._feed = feed
        self._projection = projection
        self._types = [kind.__name__ for kind in projection.folds]
        self._schema, self._before = _copies(projection.name)
        self.position = 0
        with connection.transaction(), connection.cursor() as cursor:
            create(cursor, projection, self._schema)

    def head(self) -> int:
        """The last position that the log would feed it."""
        return self._feed.read(0, 0, self._types)[1]

    def follow(self, goal: int) -> Iterator[int]:
        """Folds up to the goal, and gives each position it comes to."""
        at_once = BATCH
        while self.position < goal:
            at_once = min(at_once, BATCH, goal - self.position)
            self.position, at_once = advance(self._feed, self.position, at_once, self._types, self._fold)
            yield self.position

    def _fold(self, batch: Sequence[Recorded], _: int, reached: int) -> int:
        if batch:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                use(cursor, self._schema)
                self._projection.apply(cursor, batch)
        return reached

    def index(self) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            use(cursor, self._schema)
            cursor.execute(self._projection.indexes.encode())

    def swapped(self) -> bool:
        """Whether it took the live one's place; not where it is far behind that.

        A schema is renamed without waiting for who reads its tables. Dropping it in this transaction would wait for
        a long export or a dump, and have all other readers wait behind. Statements at work end on the old tables.
        """
        name = self._projection.name
        rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
        with self._connection.transaction(), self._connection.cursor() as cursor:
            live = locked_checkpoint(cursor, name)  # from here on its feeder waits
            if live - self.position > BATCH:
                return False
            for _ in self.follow(live):
                pass
            if exists(cursor, name):
                cursor.execute(rename.format(sql.Identifier(name), sql.Identifier(self._before)))
            cursor.execute(rename.format(sql.Identifier(self._schema), sql.Identifier(name)))
            cursor.execute(
                "UPDATE projection.checkpoints SET position = %s, failed_position = NULL, failure = NULL"
                " WHERE name = %s",
                [self.position, name],
            )
        return True
