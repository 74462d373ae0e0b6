"""Verifies the whole log against its hashes and checkpoints, in one pass over events in the order of their streams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from adapters.postgres.proof.chain import EVENTS, Row, is_sound
from adapters.postgres.proof.comparison import Comparison
from adapters.postgres.proof.diagnosis import broken_chain
from adapters.postgres.proof.document import Checkpoint
from adapters.postgres.proof.findings import Finding, Findings, Kind
from adapters.postgres.proof.merkle import Head
from adapters.postgres.proof.stored import exported_checkpoint, newest_trusted

BATCH = 2_000

HEADS = "SELECT stream, version, position, hash FROM proof.head ORDER BY stream"
SHARED_POSITIONS = "SELECT position, count(*) FROM log.events GROUP BY position HAVING count(*) > 1"


@dataclass(frozen=True)
class Verification:
    """`position`: up to it the log was settled; younger events that were there already are verified with the rest."""

    events: int
    streams: int
    position: int
    checked_at: datetime
    checkpoint: Checkpoint | None
    findings: Findings

    @property
    def is_intact(self) -> bool:
        return self.findings.count == 0


def verify(
    connection: Connection[TupleRow],
    public_key: bytes,
    *,
    exported: bytes | None = None,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Verification:
    """Reads the log as it is at one moment, whatever its size in the same memory, and changes nothing.

    The connection is in autocommit mode. `public_key` (PEM) is that of checkpoints; `exported` is the document of one
    kept outside. `progress` is told how many events are done, of how many.
    """
    checked_at = datetime.now(UTC)
    [settled] = connection.execute("SELECT log.settled()").fetchone() or [0]  # before the snapshot (decision 2)
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    with connection.transaction():
        findings = Findings()
        newest = newest_trusted(connection, public_key, findings)
        kept = None if exported is None else exported_checkpoint(connection, exported, public_key, findings)
        for position, count in connection.execute(SHARED_POSITIONS):
            findings.add(Finding(Kind.INSERTED, f"{count} events claim this position", position=position))

        [total] = connection.execute("SELECT count(*) FROM log.events").fetchone() or [0]
        comparison = Comparison(newest, kept)
        events = streams = told = 0
        for rows, head in _streams(connection):
            broken = [] if is_sound(rows) else broken_chain(rows)
            for finding in broken:
                findings.add(finding)
            comparison.add(rows, head, told=bool(broken))
            events, streams = events + len(rows), streams + bool(rows)
            if events - told >= BATCH or events == total:
                progress(events, total)
                told = events
        comparison.conclude(dict(connection.execute("SELECT bucket, hash FROM proof.bucket")), findings)
    return Verification(events, streams, max(settled, comparison.position), checked_at, newest, findings)


def _streams(connection: Connection[TupleRow]) -> Iterator[tuple[list[Row], Head | None]]:
    """The events and the stored head of every stream that has either, in ascending order of streams."""
    with connection.cursor("heads", binary=True) as of_heads, connection.cursor("events", binary=True) as of_events:
        of_heads.itersize = of_events.itersize = BATCH
        heads = map(Head._make, of_heads.execute(HEADS))
        head = next(heads, None)
        for text, rows in groupby(map(Row._make, of_events.execute(EVENTS)), key=attrgetter("stream")):
            stream = UUID(text)
            while head and head.stream < stream:
                yield [], head
                head = next(heads, None)
            if head and head.stream == stream:
                yield list(rows), head
                head = next(heads, None)
            else:
                yield list(rows), None
        while head:
            yield [], head
            head = next(heads, None)
