"""How events become rows: a read model's schema and checkpoint, and the step from one position to the next."""

from collections.abc import Callable, Sequence
from zlib import crc32

from psycopg import Connection, Cursor, OperationalError, sql
from psycopg.rows import TupleRow

from projections.projection import Feed, Projection, Recorded

Fold = Callable[[Sequence[Recorded], int, int], int]
"""Folds a batch that was read after one position and up to another, and gives where the read model now stands."""


class StandsStill(Exception):
    """A read model cannot go past an event; without a position, it could not even be read."""

    def __init__(self, position: int | None, failure: str) -> None:
        where = "" if position is None else f", position {position}"
        super().__init__(f"{failure}{where}")
        self.position = position
        self.failure = failure


def advance(feed: Feed, position: int, at_once: int, types: Sequence[str], fold: Fold) -> tuple[int, int]:
    """Takes up to `at_once` positions; gives where that led, and how many to take next: one after a failure.

    Raises StandsStill when not even one could be taken.
    """
    batch: list[Recorded] = []
    try:
        batch, reached = feed.read(position, at_once, types)
        if reached == position:
            return position, at_once
        return fold(batch, position, reached), 2 * at_once
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the read model must stop here and say so
        if at_once > 1:
            return position, 1  # on to the very event that cannot be folded
        what = f"at a {type(batch[0].event).__name__}" if batch else "reading what follows"
        # Neither the message nor the values, nor the error itself as the cause: they can hold personal data.
        raise StandsStill(batch[0].position if batch else None, f"{type(error).__name__} {what}") from None


def prepare(connection: Connection[TupleRow], projection: Projection) -> None:
    """Makes the read model's schema, empty, and its checkpoint, if either is lacking."""
    with connection.transaction(), connection.cursor() as cursor:
        begun = locked_checkpoint(cursor, projection.name) >= 0
        if begun and (not projection.tables or exists(cursor, projection.name)):
            return
        cursor.execute(
            "UPDATE projection.checkpoints SET position = 0, recorded_at = NULL, failed_position = NULL, failure = NULL"
            " WHERE name = %s",
            [projection.name],
        )
        if projection.tables:
            drop(cursor, projection.name)
            create(cursor, projection, projection.name)
            cursor.execute(projection.indexes.encode())


def create(cursor: Cursor[TupleRow], projection: Projection, schema: str) -> None:
    """Makes the tables, without indexes, in a new schema, and leaves that on the search path."""
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    use(cursor, schema)
    cursor.execute(projection.tables.encode())


def use(cursor: Cursor[TupleRow], schema: str) -> None:
    cursor.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(schema)))


def drop(cursor: Cursor[TupleRow], schema: str) -> None:
    cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def exists(cursor: Cursor[TupleRow], schema: str) -> bool:
    return cursor.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is not None


def locked_checkpoint(cursor: Cursor[TupleRow], name: str) -> int:
    """The position that the read model has reached, -1 where there was none yet, held until the transaction ends."""
    cursor.execute(
        "INSERT INTO projection.checkpoints (name, position) VALUES (%s, -1) ON CONFLICT (name) DO NOTHING", [name]
    )
    row = cursor.execute("SELECT position FROM projection.checkpoints WHERE name = %s FOR UPDATE", [name]).fetchone()
    assert row is not None  # it was there, or was just made
    return int(row[0])


def checkpoint(connection: Connection[TupleRow], name: str) -> int:
    """The position the read model has reached; -1 where there is none yet."""
    row = connection.execute("SELECT position FROM projection.checkpoints WHERE name = %s", [name]).fetchone()
    return int(row[0]) if row else -1


def apply(
    connection: Connection[TupleRow], projection: Projection, batch: Sequence[Recorded], position: int, reached: int
) -> int:
    """Folds a batch that was read after `position`, all or nothing, and gives where the read model now stands."""
    with connection.transaction(), connection.cursor() as cursor:
        row = cursor.execute(
            "SELECT position FROM projection.checkpoints WHERE name = %s FOR UPDATE", [projection.name]
        ).fetchone()
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


def lock_number(name: str) -> int:
    """The read model's number in an advisory lock of two, whose first tells what it is locked for."""
    return crc32(name.encode()) - 2**31
