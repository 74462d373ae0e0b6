"""The hash chain of a stream and the Merkle tree over all streams' heads, recomputed here.

A superuser could have replaced the functions in the database.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import LiteralString, NamedTuple
from uuid import UUID

BUCKETS = 4096
NOTHING = sha256(b"\x00").digest()
"""The hash of a bucket without any stream."""

# The first 13 columns in the order in which they are hashed. Nothing here may rely on a constraint of the table, for
# a superuser drops these first: what must not be null gets a value that no event has, and a moment whose microseconds
# may not fit becomes null. Rows without a stream come last, as Postgres sorts them.
EVENTS: LiteralString = """
    SELECT coalesce(position, 0), coalesce(stream::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(version, 0),
           type, schema_version,
           CASE WHEN recorded_at BETWEEN '0001-01-01' AND '9999-12-31'
                THEN (extract(epoch FROM recorded_at) * 1000000)::bigint END,
           actor, organisation_id::text, property_id::text, correlation_id::text, causation_id::text, reason,
           traceparent, coalesce(payload, ''), coalesce(hash, '')
      FROM log.events ORDER BY stream, version"""
HASHED = 13


class Row(NamedTuple):
    """An event as it is stored, with its identifiers as text, and its moment in microseconds since 1970."""

    position: int
    stream: str
    version: int
    type: str | None
    schema_version: int | None
    recorded_at: int | None
    actor: str | None
    organisation_id: str | None
    property_id: str | None
    correlation_id: str | None
    causation_id: str | None
    reason: str | None
    traceparent: str | None
    payload: bytes
    hash: bytes


write = json.JSONEncoder(ensure_ascii=False).encode


def event_hash(previous: bytes, row: Row) -> bytes:
    """What log.event_hash() gives."""
    return sha256(previous + write(row[:HASHED]).encode() + row.payload).digest()


def is_sound(rows: Sequence[Row]) -> bool:
    """Whether these are the first events of a stream, none is missing, and each hash follows from the one before."""
    previous, position = b"", 0
    for version, row in enumerate(rows, 1):
        if row.version != version or row.position <= position or row.hash != event_hash(previous, row):
            return False
        previous, position = row.hash, row.position
    return True


class Head(NamedTuple):
    """The last event of a stream at some position of the log."""

    stream: UUID
    version: int
    position: int
    hash: bytes


def head_at(rows: Sequence[Row], position: int) -> Head | None:
    """The last of these events that is not above the position."""
    for row in reversed(rows):
        if row.position <= position:
            return Head(UUID(row.stream), row.version, row.position, row.hash)
    return None


class MerkleTree:
    """Takes heads in ascending order of their streams, keeps none, and gives the root over them."""

    def __init__(self) -> None:
        self._buckets = [sha256(b"\x00") for _ in range(BUCKETS)]

    def add(self, head: Head) -> None:
        stream = head.stream.bytes
        bucket = (stream[14] & 15) << 8 | stream[15]
        place = head.version.to_bytes(4, "big", signed=True) + head.position.to_bytes(8, "big", signed=True)
        self._buckets[bucket].update(stream + place + head.hash)

    def root(self) -> bytes:
        return _root([bucket.digest() for bucket in self._buckets])


def merkle_root(buckets: Mapping[int, bytes]) -> bytes:
    """The root over the hashes of these buckets; the others hold no stream."""
    return _root([buckets.get(number, NOTHING) for number in range(BUCKETS)])


def _root(level: Sequence[bytes]) -> bytes:
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]
