"""The Merkle tree over the heads of all streams, which a checkpoint signs the root of."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

BUCKETS = 4096
NOTHING = sha256(b"\x00").digest()
"""The hash of a bucket without any stream."""


class Head(NamedTuple):
    """The last event of a stream at some position of the log."""

    stream: UUID
    version: int
    position: int
    hash: bytes


class Heads:
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


def root(buckets: Mapping[int, bytes]) -> bytes:
    """The root over the hashes of these buckets; the others hold no stream."""
    return _root([buckets.get(number, NOTHING) for number in range(BUCKETS)])


def _root(level: Sequence[bytes]) -> bytes:
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]
