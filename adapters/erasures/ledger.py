"""The erasure ledger: who was erased, kept outside the database, so that a restored backup can erase them again."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from psycopg import Cursor
from psycopg.rows import TupleRow
from pydantic import TypeAdapter, ValidationError

from application.erasure import Entry
from domain.erasure import ErasureBegun
from domain.event import Event, Recorded
from domain.guest import GuestDeleted

LINE = TypeAdapter(Entry)
READER_BYTES = 1_000_000


class LedgerDamaged(Exception):
    """A line of the ledger cannot be read: who else was erased is not known, so nothing may be served."""


class ErasureLedger:
    """A reaction: follows the log and appends a line for each guest erased, whole and on disk, or none.

    A line may stand there twice, when the process died between writing and remembering that it had. All processes of
    an installation must share the file.
    """

    name = "erasure_ledger"
    tables = ""
    indexes = ""
    folds: tuple[type[Event], ...] = (ErasureBegun, GuestDeleted)

    def __init__(self, path: Path) -> None:
        self.path = path

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        """One process at a time, for the runner has one follower of each name."""
        del cursor
        lines = b"".join(LINE.dump_json(_entry(each)) + b"\n" for each in batch)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.lseek(file, _end_of_last_line(file), os.SEEK_SET)
            while lines:
                lines = lines[os.write(file, lines) :]
            os.ftruncate(file, os.lseek(file, 0, os.SEEK_CUR))
            os.fsync(file)
        finally:
            os.close(file)

    def create(self) -> None:
        """An empty one, if there is none."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)

    def entries(self) -> Iterator[Entry]:
        """Raises LedgerDamaged. A last line that was never finished is none: its writer knows, and writes it again."""
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith(b"\n"):
                    try:
                        yield LINE.validate_json(line)
                    except ValidationError as error:
                        raise LedgerDamaged(f"line {number} of the erasure ledger cannot be read") from error


def _entry(recorded: Recorded) -> Entry:
    begun = recorded.event if isinstance(recorded.event, ErasureBegun) else None
    return Entry(
        guest_id=begun.guest_id if begun else recorded.event.originator_id,
        organisation_id=recorded.organisation_id,
        erasure_id=begun.originator_id if begun else None,
        erased_at=recorded.recorded_at,
        asked_by=recorded.actor,
        reason=recorded.reason,
        reference=begun.reference if begun else None,
    )


def _end_of_last_line(file: int) -> int:
    """Where the last whole line ends; a process that died while writing can have left half a line behind that."""
    end = os.lseek(file, 0, os.SEEK_END)
    while end > 0:
        start = max(0, end - READER_BYTES)
        at = os.pread(file, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0
