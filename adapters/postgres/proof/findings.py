"""What a verification finds: each thing that is not as it was written, where, and how it may have come to that."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from uuid import UUID

from adapters.postgres.proof.hashes import Head, Row, event_hash

MOST = 1_000
"""Findings that are kept; the others are counted."""

MOST_MISFITS = 6
"""Of a stream, whose places are tried for one another: the work grows with the fourth power."""


class Fault(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CHECKPOINT = "checkpoint"
    """A checkpoint, or the heads it signed, is not what was signed."""


@dataclass(frozen=True)
class Finding:
    """`detail` holds nothing personal. What is missing has no organisation, and often no position."""

    kind: Fault
    detail: str
    stream: UUID | None = None
    version: int | None = None
    position: int | None = None
    organisation_id: UUID | None = None


@dataclass
class Findings:
    """As many as are worth reading, and the number of all."""

    kept: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, finding: Finding) -> None:
        self.count += 1
        if len(self.kept) < MOST:
            self.kept.append(finding)

    def extend(self, others: "Findings") -> None:
        self.kept += others.kept[: MOST - len(self.kept)]
        self.count += others.count


def broken_chain(rows: Sequence[Row]) -> list[Finding]:
    """What is wrong with the events of one stream; never nothing, for the caller knows that they are not sound."""
    rows = sorted(rows, key=lambda row: (row.version, row.position))  # versions may be null, or twice the same
    misfits = _misfits(rows)
    found = []
    version, position = 0, 0
    for row in rows:
        if row.version > version + 1:
            found.append(_missing(row, version))
        place = _true_place(row, misfits, rows) if row in misfits else (row.version, row.position)
        if row.version == version:
            found.append(_finding(Fault.INSERTED, row, "two events claim this version"))
        elif place and place != (row.version, row.position):
            found.append(_finding(Fault.REORDERED, row, f"it was version {place[0]} at position {place[1]}"))
        elif row.position <= position:
            found.append(_finding(Fault.REORDERED, row, "its position is not above that of the version before"))
        elif not place:
            found.append(_finding(Fault.CHANGED, row, "its hash does not follow from what is stored before and in it"))
        version = row.version
        if place == (row.version, row.position):
            position = row.position
    return found or [_finding(Fault.CHANGED, misfits[0], "its hash follows from another event than the one before it")]


def _misfits(rows: Sequence[Row]) -> list[Row]:
    """The events whose hash does not follow from that of the version before, where there is one."""
    # Where the version before has another hash than it should have, either may be the one that was changed.
    misfits = []
    version, stored, expected = 0, b"", b""
    for row in rows:
        follows = row.version == version + 1
        if follows and row.hash not in (event_hash(stored, row), event_hash(expected, row)):
            misfits.append(row)
            expected = event_hash(expected, row)
        else:
            expected = row.hash
        version, stored = row.version, row.hash
    return misfits


def _true_place(row: Row, misfits: Sequence[Row], rows: Sequence[Row]) -> tuple[int, int] | None:
    """The version and position under which the event has its hash, if these are its own, or near those of others."""
    if len(misfits) > MOST_MISFITS:
        return None
    versions = sorted({misfit.version + by for misfit in misfits for by in (-1, 0, 1)})
    previous = {b""} | {each.hash for each in rows if each in misfits or each.version + 1 in versions}
    for version, misfit, hash_before in product(versions, misfits, previous):
        if event_hash(hash_before, row._replace(version=version, position=misfit.position)) == row.hash:
            return version, misfit.position
    return None


def unlike_head(rows: Sequence[Row], head: Head | None, at: int) -> Finding:
    """How a stream's events differ from its head in the checkpoint at a position, which the caller knows they do."""
    known = [row for row in rows if row.position <= at]
    if head is None:
        return _finding(Fault.INSERTED, known[0], f"the checkpoint at {at} knows no such stream")
    last = known[-1] if known else None
    version = last.version if last else 0
    until = f"the checkpoint at {at} knows this stream up to version {head.version} at position {head.position}"
    if version < head.version:
        position = head.position if version + 1 == head.version else None
        return Finding(Fault.MISSING, until, head.stream, version + 1, position, _organisation(last))
    if version > head.version:
        return _finding(Fault.INSERTED, next(row for row in known if row.version > head.version), until)
    assert last is not None
    return _finding(Fault.CHANGED, last, f"it, or an event before it, is not what the checkpoint at {at} signed")


def _missing(row: Row, version: int) -> Finding:
    """What is missing between this version and the row."""
    detail = f"there is nothing between version {version} and version {row.version} at position {row.position}"
    return Finding(Fault.MISSING, detail, UUID(row.stream), version + 1, None, _organisation(row))


def _finding(kind: Fault, row: Row, detail: str) -> Finding:
    return Finding(kind, detail, UUID(row.stream), row.version, row.position, _organisation(row))


def _organisation(row: Row | None) -> UUID | None:
    return UUID(row.organisation_id) if row and row.organisation_id else None
