"""What a superuser can do to the log and to its proof, with every trigger and constraint out of the way."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.keys.signing import Signer

STRANGER = Signer(bytes(range(32)))

REHASH = """
    UPDATE log.events e SET hash = log.event_hash(
        coalesce((SELECT hash FROM log.events p WHERE p.stream = e.stream AND p.version < e.version
                   ORDER BY p.version DESC LIMIT 1), ''),
        position, stream, version, type, schema_version, payload, recorded_at, actor, organisation_id, property_id,
        correlation_id, causation_id, reason, traceparent)
     WHERE stream = %s AND version = %s"""

COPY = """
    INSERT INTO log.events
    SELECT %s, %s, %s, type, schema_version, payload, recorded_at, actor, organisation_id, property_id,
           correlation_id, causation_id, reason, traceparent, hash
      FROM log.events WHERE stream = %s AND version = %s"""


@contextmanager
def superuser(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def drop_constraints(connection: Connection[TupleRow]) -> None:
    connection.execute(
        "ALTER TABLE log.events DROP CONSTRAINT IF EXISTS events_stream_version_key,"
        " DROP CONSTRAINT IF EXISTS events_pkey, DROP CONSTRAINT IF EXISTS events_version_check"
    )


def rehash(connection: Connection[TupleRow], stream: UUID, *versions: int) -> None:
    """Gives events the hash that follows from what is stored now, in this order."""
    for version in versions:
        connection.execute(REHASH, [stream, version])


def forge(connection: Connection[TupleRow], stream: UUID, version: int, position: int, like: tuple[UUID, int]) -> None:
    """Puts in an event that has all it should, also the right hash."""
    connection.execute(COPY, [position, stream, version, *like])
    rehash(connection, stream, version)


def exchange(connection: Connection[TupleRow], column: str, one: tuple[UUID, int], other: tuple[UUID, int]) -> None:
    """Swaps what two events have in a column."""
    connection.execute(
        f"UPDATE log.events e SET {column} = o.{column} FROM log.events o"  # noqa: S608
        " WHERE (e.stream, e.version, o.stream, o.version) IN ((%s, %s, %s, %s), (%s, %s, %s, %s))".encode(),
        [*one, *other, *other, *one],
    )


def resigned(document: bytes, signer: Signer, **members: object) -> bytes:
    """A checkpoint with other members, signed anew."""
    body = {name: value for name, value in json.loads(document).items() if name not in ("key_id", "signature")}
    return signer.sign(body | members)
