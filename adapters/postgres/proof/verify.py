"""Verifies the whole log against its hashes and checkpoints, in one pass over events in the order of their streams."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from adapters.keys.signing import SignatureWrong
from adapters.postgres.proof.documents import Checkpoint, newest_trusted, trusted
from adapters.postgres.proof.findings import Fault, Finding, Findings, broken_chain, unlike_head
from adapters.postgres.proof.hashes import EVENTS, Head, MerkleTree, Row, head_at, is_sound, merkle_root

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
        outside = None
        if exported is not None:
            try:
                outside = ExportedComparison(trusted(exported, public_key))
            except SignatureWrong as error:
                findings.add(Finding(Fault.CHECKPOINT, f"the exported checkpoint cannot be trusted: {error}"))
        for position, count in connection.execute(SHARED_POSITIONS):
            findings.add(Finding(Fault.INSERTED, f"{count} events claim this position", position=position))

        [total] = connection.execute("SELECT count(*) FROM log.events").fetchone() or [0]
        comparison = Comparison(newest)
        events = streams = told = 0
        for rows, head in _streams(connection):
            broken = [] if is_sound(rows) else broken_chain(rows)
            for finding in broken:
                findings.add(finding)
            comparison.add(rows, head, told=bool(broken))
            if outside:
                outside.add(rows)
            events, streams = events + len(rows), streams + bool(rows)
            if events - told >= BATCH or events == total:
                progress(events, total)
                told = events
        comparison.conclude(dict(connection.execute("SELECT bucket, hash FROM proof.bucket")), findings)
        if outside:
            outside.conclude(findings)
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


class Comparison:
    """Compares the log and the stored heads with the newest checkpoint in the database, which they belong to.

    Takes one stream after the other, in ascending order. Before the first checkpoint, there is none.
    """

    def __init__(self, newest: Checkpoint | None) -> None:
        self.position = newest.position if newest else 0
        self._signed = newest.root if newest else merkle_root({}).hex()
        self._then = MerkleTree()
        self._stored = MerkleTree()
        self._last_stored = 0
        self._differences = Findings()

    def add(self, rows: Sequence[Row], stored: Head | None, *, told: bool) -> None:
        """The events of a stream and its stored head; `told`: it is known already that events were changed."""
        then = head_at(rows, self.position)
        if then:
            self._then.add(then)
        if stored:
            self._stored.add(stored)
            self._last_stored = max(self._last_stored, stored.position)
        if then != stored:
            difference = unlike_head(rows, stored, self.position)
            if difference.kind is not Fault.CHANGED or not told:
                self._differences.add(difference)

    def conclude(self, buckets: Mapping[int, bytes], findings: Findings) -> None:
        """`buckets` are the stored hashes of the stored heads."""
        log_is_signed = self._then.root().hex() == self._signed
        heads_are_signed = self._stored.root().hex() == self._signed
        if heads_are_signed and not log_is_signed:
            findings.extend(self._differences)  # the heads are authentic, so they say which streams are not
        elif not heads_are_signed or self._differences.count:
            self._blame_heads(findings)
            if not log_is_signed:
                findings.add(self._finding("the log is not what the checkpoint at this position signed"))
        if merkle_root(buckets).hex() != self._signed:
            findings.add(self._finding("proof.bucket is not what the checkpoint at this position signed"))

    def _blame_heads(self, findings: Findings) -> None:
        if self._last_stored > self.position:
            detail = f"proof.head goes on to position {self._last_stored}: newer checkpoints are missing"
            findings.add(self._finding(detail))
            return
        findings.add(self._finding("proof.head is not what the checkpoint at this position signed"))
        doubtful = "the log and proof.head do not tell the same of this stream"
        named = [replace(each, kind=Fault.CHECKPOINT, detail=doubtful) for each in self._differences.kept]
        findings.extend(Findings(named, self._differences.count))

    def _finding(self, detail: str) -> Finding:
        return Finding(Fault.CHECKPOINT, detail, position=self.position)


class ExportedComparison:
    """Compares the log with a checkpoint that was kept outside.

    Whether the database still has that checkpoint does not matter: it may have been restored from a backup taken
    before, and whoever changes the log could leave it there, and take out only those that follow.
    """

    def __init__(self, exported: Checkpoint) -> None:
        self._exported = exported
        self._then = MerkleTree()
        self._events = 0
        self._end = 0

    def add(self, rows: Sequence[Row]) -> None:
        """The events of one stream after the other, in ascending order of streams."""
        if head := head_at(rows, self._exported.position):
            self._then.add(head)
            self._events += head.version
        if rows:
            self._end = max(self._end, rows[-1].position)

    def conclude(self, findings: Findings) -> None:
        if self._then.root().hex() == self._exported.root:
            return
        kind, detail = Fault.CHECKPOINT, "the log is not what the exported checkpoint signed"
        if self._end < self._exported.position and self._events < self._exported.events:
            kind, detail = Fault.MISSING, f"the log ends at position {self._end}, before the exported checkpoint"
        findings.add(Finding(kind, detail, position=self._exported.position))
