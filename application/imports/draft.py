"""An import under way: how its file is read and mapped, how far it is, and where all that is kept."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from application.caller import Caller
from application.guests import Status
from application.imports.dates import DateOrder, Verdict
from application.ports import Identities
from domain.contact import FieldProblem
from domain.event import Event, Metadata
from domain.refusal import Refusal
from domain.traces import Traces


class ImportState(StrEnum):
    DRAFT = "draft"
    JUDGING = "judging"
    """A draft whose rows are being judged in the background, for there are many."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REVERTING = "reverting"
    REVERTED = "reverted"


REFUSED = "refused"


class Counts(BaseModel):
    """What became of the rows, or would; `duplicates` repeat a guest of an earlier row and are counted there too."""

    model_config = ConfigDict(frozen=True)

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    duplicates: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: value + getattr(other, name) for name, value in self})

    @property
    def judged(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused


NOTHING = Counts()


class ImportDraft(BaseModel):
    """An import. `counts` are of the dry run while it is a draft, then of what was done."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    revision: int = 1
    """Counts the commands; who works on the rows stops when it has moved on."""
    organisation_id: UUID
    property_id: UUID
    created_at: datetime
    by: Caller
    """Who gave the last command: the background goes on in their name, also after a restart."""
    state: ImportState
    kind: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    has_header: bool
    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    date_verdict: Verdict = Verdict.NONE
    chosen_date_order: DateOrder | None = None
    language: str | None
    departure: date | None
    rows: int = 0
    erased: int = 0
    """Rows that were taken out because a guest of whom they told was anonymised."""
    through: int = 0
    """The last row that was worked on."""
    counts: Counts = NOTHING
    failure: str | None = None
    position: int | None = None
    """Of the last event it brought about."""

    @property
    def date_order(self) -> DateOrder | None:
        """What a person chose or the columns prove; None when a person must choose."""
        if self.chosen_date_order or self.date_verdict in (Verdict.AMBIGUOUS, Verdict.CONFLICTING):
            return self.chosen_date_order
        return DateOrder.DMY if self.date_verdict is Verdict.NONE else DateOrder(self.date_verdict)

    @property
    def is_at_work(self) -> bool:
        return self.state in (ImportState.JUDGING, ImportState.RUNNING, ImportState.REVERTING)

    @property
    def is_finished(self) -> bool:
        """Whether of its rows only those that were refused still hold what the file said."""
        return self.state in (ImportState.DONE, ImportState.REVERTING)


class ImportRow(NamedTuple):
    """A row of the file. `verdict` is "refused", a Status, or None before it is judged; `cells` None once used up."""

    number: int
    cells: Sequence[str] | None
    verdict: str | None
    duplicate_of: int | None
    errors: Sequence[FieldProblem]
    guest_id: UUID | None


class RowOfGuest(NamedTuple):
    """A row that tells of a known guest and has not become, or not only become, what is known of them."""

    import_id: UUID
    property_id: UUID
    number: int
    guest_id: UUID
    cells: Mapping[str, str]
    """By header."""


class Accepted(NamedTuple):
    """What became, or would become, of a row.

    `duplicate_of` is an earlier row that tells of the same guest, `left_out` what had to be left out of this one.
    """

    number: int
    status: Status
    duplicate_of: int | None
    guest_id: UUID
    left_out: Sequence[FieldProblem]


class Refused(NamedTuple):
    number: int
    problems: Sequence[FieldProblem]


class Verdicts(NamedTuple):
    """What is to be written of some rows."""

    accepted: Sequence[Accepted]
    refused: Sequence[Refused]

    @property
    def counts(self) -> Counts:
        of = Counter(each.status for each in self.accepted)
        return Counts(
            created=of[Status.CREATED],
            updated=of[Status.UPDATED],
            unchanged=of[Status.UNCHANGED],
            refused=len(self.refused),
            duplicates=sum(each.duplicate_of is not None for each in self.accepted),
        )


class ImportUnknown(Refusal):
    """There is no such import in this organisation."""

    code = "not-found"


class ImportStateWrong(Refusal):
    """What was asked cannot be done in the state the import is in."""

    code = "import-state"


class FileGone(Refusal):
    """The file was erased, because it told or could tell of a guest who was forgotten since."""

    code = "file-gone"


class DateOrderUnknown(Refusal):
    """Day and month could be either way round in every date: a person must choose before anything is written."""

    code = "date-order-needed"


class MappingIncomplete(Refusal):
    """No column is mapped to a name, or none to an e-mail or phone."""

    code = "mapping-incomplete"


class ImportStore(Protocol):
    """Where imports are kept while they are under way. Every method is one transaction."""

    def create(self, draft: ImportDraft, file: Path, rows: Iterable[tuple[int, Sequence[str]]]) -> ImportDraft:
        """Keeps the file and its rows; gives the draft with their number."""

    def reread(self, draft: ImportDraft, rows: Iterable[tuple[int, Sequence[str]]]) -> ImportDraft:
        """Replaces the rows, after the file was read another way. Raises ImportStateWrong as save."""

    def file(self, import_id: UUID) -> AbstractContextManager[Path]:
        """The file again, for as long as the context lasts. Raises FileGone."""

    def get(self, organisation_id: UUID, import_id: UUID) -> ImportDraft:
        """Raises ImportUnknown."""

    def save(self, draft: ImportDraft, *, after: int) -> None:
        """Raises ImportStateWrong when the kept one is not of the revision `after`: somebody else went on with it."""

    def at_work(self) -> list[ImportDraft]:
        """Those that wait for the background."""

    def lock(self, import_id: UUID) -> AbstractContextManager[bool]:
        """Whether this process alone may work on the import, for as long as the context lasts."""

    def rows(
        self, import_id: UUID, *, after: int, limit: int, verdicts: Sequence[str] | None = None
    ) -> list[ImportRow]:
        """A page, in the file's order; `verdicts` picks rows of which one of these was found."""

    def every_cell(self, import_id: UUID, columns: Sequence[int]) -> Iterator[Sequence[str]]:
        """The cells of these columns (from 0), row by row, streamed."""

    def edit_row(self, draft: ImportDraft, number: int, cells: Sequence[str] | None) -> None:
        """New cells; None takes the row out. Raises ImportUnknown where there is no such row, and as save."""

    def judged(self, draft: ImportDraft, verdicts: Verdicts) -> None:
        """Writes what would become of the rows, and the draft. Raises ImportStateWrong as save."""

    def committed(
        self,
        draft: ImportDraft,
        verdicts: Verdicts,
        events: Sequence[Event],
        metadata: Metadata,
        identities: Identities,
        meanwhile: Callable[[], object],
    ) -> ImportDraft:
        """Writes the events, what became of the rows, and the draft, all together.

        Accepted rows lose their cells, refused ones those of columns that are not mapped. `meanwhile` is called when
        nothing is left but to wait for the database. Raises as Log.append and save.
        """

    def first_rows(self, import_id: UUID, guests: Sequence[UUID]) -> dict[UUID, int]:
        """The first row that told of each guest, where one did."""

    def guests(self, import_id: UUID, after: UUID, limit: int) -> list[UUID]:
        """The guests of the import, in the order of their ids."""

    def rest(self, draft: ImportDraft) -> None:
        """Saves an import on which nothing more is to be done, and drops what is no longer needed.

        The file goes. One that is done leaves its mapping for files with these headers, one that failed loses the
        cells of columns that are not mapped, one that was reverted all of its rows.
        """

    def telling_of(self, organisation_id: UUID, traces: Traces) -> list[RowOfGuest]:
        """Rows that wait to become guests, or were refused, and have the e-mail or phone of one of these guests."""

    def remembered(self, organisation_id: UUID, headers: Sequence[str]) -> Mapping[str, str] | None: ...

    def clear(self, *, drafts_before: datetime, refused_before: datetime) -> None:
        """Deletes imports begun before then that came to nothing, and the cells of rows refused before then."""
