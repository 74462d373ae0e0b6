"""The erasure ledger: who was erased, kept outside the database, so that a restored backup can erase them again."""

import os
from collections.abc import Iterator, Sequence
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import BinaryIO

from psycopg import Cursor
from psycopg.rows import TupleRow
from pydantic import TypeAdapter, ValidationError

from application.erasure.made import LedgerLine
from domain.erasure import About, ErasureBegun
from domain.event import Event, Recorded
from domain.guest_events import GuestDeleted

LINE = TypeAdapter(LedgerLine)
TAIL_BYTES = 10_000


class LedgerUnknown(Exception):
    """The ledger is not there or cannot be read: who was erased is not known, so nothing may be served."""


class ErasureLedger:
    """A reaction: follows the log and appends a line for each erasure and deletion, whole and on disk, or none.

    A line may stand there again: when the process died between writing and remembering that it had, after a restore,
    and when it was completed from the log. All processes of an installation must share the file.
    """

    name = "erasure_ledger"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (ErasureBegun, GuestDeleted)

    def __init__(self, path: Path) -> None:
        self.path = path

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        """Raises FileNotFoundError: a ledger that went away while serving is not begun anew as if there were none."""
        del cursor
        lines = b"".join(LINE.dump_json(_line(each)) + b"\n" for each in batch)
        with self.path.open("r+b") as file:
            # One follower at a time has the runner's lock; but one that was stopped may not know yet that it lost it.
            flock(file, LOCK_EX)
            end, rest = _after_last_line(file)
            if rest and _is_line(rest):  # somebody's editor left out the last line break
                end, lines = end + len(rest), b"\n" + lines
            file.seek(end)
            file.write(lines)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def create(self) -> None:
        """An empty one, if there is none."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)

    def lines(self) -> Iterator[LedgerLine]:
        """Raises LedgerUnknown. A last line that was never finished is none: its writer knows, and writes it again."""
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith(b"\n") or _is_line(line):
                    try:
                        yield LINE.validate_json(line)
                    except ValidationError as error:
                        raise LedgerUnknown(f"line {number} of the erasure ledger cannot be read") from error


def _line(recorded: Recorded) -> LedgerLine:
    begun = recorded.event if isinstance(recorded.event, ErasureBegun) else None
    return LedgerLine(
        about=begun.about if begun else About.GUEST,
        subject_id=begun.subject_id if begun else recorded.event.originator_id,
        organisation_id=recorded.organisation_id,
        erasure_id=begun.originator_id if begun else None,
        erased_at=recorded.recorded_at,
        asked_by=recorded.actor,
        reason=recorded.reason,
        reference=begun.reference if begun else None,
    )


def _is_line(text: bytes) -> bool:
    try:
        LINE.validate_json(text)
    except ValidationError:
        return False
    return True


def _after_last_line(file: BinaryIO) -> tuple[int, bytes]:
    """Where the last line break is passed, and what stands behind it: half a line, if a process died while writing."""
    end = file.seek(0, os.SEEK_END)
    start, tail = end, b""
    while start > 0 and b"\n" not in tail:
        start = max(0, start - TAIL_BYTES)
        file.seek(start)
        tail = file.read(end - start)
    rest = tail[tail.rfind(b"\n") + 1 :]
    return end - len(rest), rest
