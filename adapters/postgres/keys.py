"""The table of wrapped keys as a whole: the installation's own key, and the rotation of the master key."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier, Literal

from adapters.keys.master import MasterKey
from adapters.keys.sources import ID_BYTES
from adapters.postgres.locks import ROTATION
from adapters.postgres.recorder import Pool

SIGNING = UUID(int=0)
"""Whose key is the seed that this installation signs with (adapters/keys/signing.py)."""

BATCH = 1_000
ABOVE_ALL = UUID(int=2**128 - 1)
PAUSE_SECONDS = 0.2


class RotationRuns(Exception):
    """Another process rotates the master key right now."""


def has_keys(pool: Pool) -> bool:
    """Whether any key was ever wrapped: then the master key must be there already."""
    with pool.connection() as connection:
        return connection.execute("SELECT FROM log.keys LIMIT 1").fetchone() is not None


def signing_seed(pool: Pool, master: MasterKey) -> bytes:
    """Of this installation, made at the first call of all processes.

    Raises MasterKeyWrong when this is not the master key of this database.
    """
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO log.keys (subject, wrapped, created_at) VALUES (%s, %b, now()) ON CONFLICT DO NOTHING",
            [SIGNING, master.new_key(SIGNING)[1]],
        )
        [wrapped] = connection.execute("SELECT wrapped FROM log.keys WHERE subject = %s", [SIGNING]).fetchone() or [
            None
        ]
    assert wrapped is not None  # it belongs to nobody who could ask for its destruction
    return master.unwrap(SIGNING, wrapped)


@contextmanager
def the_only_rotation(pool: Pool) -> Iterator[Connection[TupleRow]]:
    """A connection for a rotation. Raises RotationRuns."""
    with pool.connection() as connection:
        if connection.execute("SELECT pg_try_advisory_lock(%s, %s)", ROTATION).fetchone() != (True,):
            raise RotationRuns
        try:
            yield connection
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", ROTATION)


def left_to_rewrap(connection: Connection[TupleRow], master: MasterKey) -> int:
    """How many keys another than the current master key has wrapped."""
    sql = "SELECT count(*) FROM log.keys WHERE substr(wrapped, 1, %s) <> %b"
    [count] = connection.execute(sql, [ID_BYTES, master.ids[0]]).fetchone() or [0]
    return int(count)


def rewrap(connection: Connection[TupleRow], master: MasterKey) -> Iterator[int]:
    """Goes once through the keys, newest first, and wraps them anew; gives how many, after each batch.

    Keys that somebody's transaction holds are left out, so that we wait for nobody, and nobody for us longer than a
    batch takes. A batch holds its keys, so that none can be destroyed between reading and writing it.
    """
    before: UUID | None = ABOVE_ALL
    while before is not None:
        with connection.transaction():
            rows = connection.execute(
                "SELECT subject, wrapped FROM log.keys WHERE subject < %s AND substr(wrapped, 1, %s) <> %b"
                " ORDER BY subject DESC LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                [before, ID_BYTES, master.ids[0], BATCH],
            ).fetchall()
            connection.execute(
                "UPDATE log.keys k SET wrapped = anew.wrapped FROM unnest(%b::uuid[], %b::bytea[])"
                " AS anew (subject, wrapped) WHERE k.subject = anew.subject",
                [[subject for subject, _ in rows], [master.rewrap(subject, wrapped) for subject, wrapped in rows]],
            )
        before = rows[-1][0] if rows else None
        yield len(rows)


def retire(connection: Connection[TupleRow], id: bytes) -> None:
    """From here on, and for ever, the table refuses what this master key wraps, however late a process brings it.

    Returns when every transaction that may have brought some has ended; lets nobody wait for that longer than a moment.
    """
    name = f"retired_master_key_{id.hex()}"
    found = connection.execute(
        "SELECT FROM pg_constraint WHERE conrelid = 'log.keys'::regclass AND conname = %s", [name]
    ).fetchone()
    constraint = SQL("ALTER TABLE log.keys ADD CONSTRAINT {} CHECK (substr(wrapped, 1, {}) <> {}) NOT VALID").format(
        Identifier(name), Literal(ID_BYTES), Literal(id)
    )
    while found is None:
        try:
            with connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '200ms'")
                connection.execute(constraint)
            return
        except LockNotAvailable:
            time.sleep(PAUSE_SECONDS)


def rewrap_the_last(connection: Connection[TupleRow], master: MasterKey) -> None:
    """Until no key is left, also of those that others hold. The earlier master keys must be retired."""
    while left_to_rewrap(connection, master):
        for _ in rewrap(connection, master):
            pass
        time.sleep(PAUSE_SECONDS)
