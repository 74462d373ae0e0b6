"""/v1/imports: from a hotel's file to guests, step by step; nothing becomes a guest before the commit."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.problems import ProblemError
from adapters.http.routes.guest_views import PROPERTY_ID
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application.caller import Caller
from application.guests import Status
from application.imports import commands
from application.imports.commands import Choices
from application.imports.dates import DateOrder, Verdict
from application.imports.draft import REFUSED, ImportDraft, ImportRow, ImportState
from application.imports.limits import CELL_LIMIT
from application.problem_texts import TEXTS
from domain.access import Right

ID = "0199f3c3-5b7e-7d10-a1c4-0c8f7e2d9b03"
SAMPLE_ROWS = 10
COMMON = ("unauthenticated", "forbidden", "not-found")
UNREADABLE = (
    "file-empty",
    "file-too-large",
    "file-encrypted",
    "file-damaged",
    "file-zip-bomb",
    "file-not-a-table",
    "cell-too-large",
    "file-choice-unknown",
)
FIRST_STEPS = ("draft", "judging")
RowState = Literal["ok", "refused", "pending"]


class ImportView(BaseModel):
    """An import. Counts are of the dry run while it is a draft (`dry_run` says how far that is), then of what was done.

    `date_order` is null when day and month fit both ways: choose one before committing.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": ID,
                    "state": "draft",
                    "property_id": PROPERTY_ID,
                    "created_at": "2026-11-21T20:00:00Z",
                    "encoding": "windows-1252",
                    "delimiter": ";",
                    "sheet": None,
                    "sheets": [],
                    "headers": ["Nom", "E-mail", "Arrivée", "Carte bancaire"],
                    "mapping": {"Nom": "last_name", "E-mail": "email", "Arrivée": "arrival"},
                    "date_order": "dmy",
                    "date_verdict": "dmy",
                    "language": "fr",
                    "departure": None,
                    "rows": 1,
                    "erased": 0,
                    "total": 1,
                    "dry_run": "done",
                    "processed": 1,
                    "created": 1,
                    "updated": 0,
                    "unchanged": 0,
                    "refused": 0,
                    "duplicates": 0,
                    "failure": None,
                    "sample": [{"Nom": "Lefèvre", "E-mail": "zoe@example.com", "Arrivée": "18/11/2026"}],
                }
            ]
        }
    )

    id: UUID
    state: Literal["draft", "running", "done", "failed", "reverting", "reverted"]
    property_id: UUID
    created_at: datetime
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: list[str]
    headers: list[str]
    mapping: dict[str, str]
    date_order: DateOrder | None
    date_verdict: Verdict
    language: str | None
    departure: date | None
    rows: int
    erased: Annotated[int, Field(description="Rows taken out since, with the guest they told of.")]
    total: int
    dry_run: Literal["running", "done"]
    processed: int
    created: int
    updated: int
    unchanged: int
    refused: int
    duplicates: int
    failure: str | None
    sample: list[dict[str, str]]


class ImportPatch(BaseModel):
    """How the file is to be read and mapped; what is not sent stays. `mapping` is given whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"mapping": {"Nom": "last_name", "E-mail": "email"}, "date_order": "dmy"}]},
    )

    mapping: Annotated[dict[str, str], Field(max_length=500)] | None = None
    date_order: DateOrder | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    departure: date | None = None


class RowPatch(BaseModel):
    """New cells, by header; the others stay."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"cells": {"E-mail": "zoe@example.com"}}]}
    )

    cells: dict[str, Annotated[str, Field(max_length=CELL_LIMIT)]]


class RowProblem(BaseModel):
    """`column` is null when it is the row as a whole."""

    column: str | None
    code: str
    detail: str


class RowView(BaseModel):
    """A row of the file. `errors` of a row that is ok are what had to be left out of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "n": 4,
                    "state": "refused",
                    "outcome": None,
                    "duplicate_of": None,
                    "guest_id": None,
                    "cells": {"Nom": "Lefèvre", "E-mail": "zoe(at)example.com"},
                    "errors": [
                        {"column": "E-mail", "code": "email-invalid", "detail": "This is not a valid e-mail address."}
                    ],
                }
            ]
        }
    )

    n: int
    state: RowState
    outcome: Status | None
    duplicate_of: int | None
    guest_id: UUID | None
    cells: dict[str, str]
    errors: list[RowProblem]


class RowQuery(ListQuery):
    cursor: Annotated[str | None, Field(pattern="^[0-9]{1,10}$", description="`next` of the page before.")] = None
    state: Annotated[Literal["ok", "refused"] | None, Field(description="Only rows of this state.")] = None


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/imports", tags=["Imports"])
    Importer = Annotated[Caller, Depends(allowed(Right.IMPORT_GUESTS))]

    @routes.post(
        "", status_code=201, summary="Upload a list of guests as a draft", responses=problems(*COMMON, *UNREADABLE)
    )
    def upload(
        file: Annotated[UploadFile, File(description="CSV, TXT, XLSX, XLS or ODS.", examples=["departs.csv"])],
        property_id: Annotated[UUID, Form(description="Where the guests stay.", examples=[PROPERTY_ID])],
        caller: Importer,
        response: Response,
        language: Annotated[
            str | None, Form(max_length=35, description="For rows without one.", examples=["fr"])
        ] = None,
        departure: Annotated[date | None, Form(description="For rows without one.", examples=["2026-11-21"])] = None,
    ) -> ImportView:
        with NamedTemporaryFile() as copy:
            shutil.copyfileobj(file.file, copy)
            copy.flush()
            draft = commands.upload(
                hote.ports,
                hote.imports,
                caller,
                Path(copy.name),
                property_id,
                language=language,
                departure=departure,
                limit=hote.settings.upload_limit,
            )
        response.headers["Location"] = f"/v1/imports/{draft.id}"
        return view(hote, draft, response)

    @routes.get("/{import_id}", summary="Read an import and how far it is", responses=problems(*COMMON))
    def read(import_id: UUID, caller: Importer, response: Response) -> ImportView:
        return view(hote, commands.read_import(hote.imports, caller, import_id), response)

    @routes.patch(
        "/{import_id}",
        summary="Choose mapping, date order, encoding, delimiter, sheet or defaults",
        responses=problems(*COMMON, "import-state", "version-mismatch", "invalid", *UNREADABLE),
    )
    def change(
        import_id: UUID, patch: ImportPatch, caller: Importer, expected: ExpectedVersion, response: Response
    ) -> ImportView:
        choices = Choices(**dict(patch))
        draft = commands.choose(hote.ports, hote.imports, caller, import_id, choices, expected=expected)
        return view(hote, draft, response)

    @routes.get(
        "/{import_id}/rows",
        summary="Preview the rows",
        response_model=Page[RowView],
        responses=AS_TABLE | problems(*COMMON, "not-acceptable", "exports-busy"),
    )
    def rows(
        import_id: UUID, query: Annotated[RowQuery, Query()], caller: Importer, request: Request
    ) -> Page[RowView] | Response:
        draft = commands.read_import(hote.imports, caller, import_id)
        verdicts = {None: None, "ok": list(Status), "refused": [REFUSED]}[query.state]
        french = speaks_french(request)
        format_ = wanted(query.format, request.headers.get("accept", ""))
        if format_ is not Format.JSON:
            columns = range(len(draft.headers))
            lines = (
                [row.number, state(draft, row), *cells(row, columns), reasons(row, french=french)]
                for row in every(draft, verdicts)
            )
            return table(format_, "rows", ["n", "state", *draft.headers, "errors"], lines)
        found = hote.imports.rows(import_id, after=int(query.cursor or 0), limit=query.limit + 1, verdicts=verdicts)
        page = found[: query.limit]
        total = None
        if query.count:
            total = {None: draft.rows, "refused": draft.counts.refused}.get(
                query.state, draft.counts.judged - draft.counts.refused
            )
        return Page(
            items=[row_view(draft, row, french=french) for row in page],
            next=str(page[-1].number) if len(found) > query.limit else None,
            total=total,
        )

    @routes.patch(
        "/{import_id}/rows/{n}",
        summary="Change cells of a row",
        responses=problems(*COMMON, "import-state", "invalid"),
    )
    def edit(import_id: UUID, n: int, patch: RowPatch, caller: Importer, request: Request) -> RowView:
        draft = commands.edit_row(hote.ports, hote.imports, caller, import_id, n, patch.cells)
        row = next(iter(hote.imports.rows(import_id, after=n - 1, limit=1)), None)
        if row is None or row.number != n:
            raise ProblemError("not-found")  # taken out since
        return row_view(draft, row, french=speaks_french(request))

    @routes.delete(
        "/{import_id}/rows/{n}",
        status_code=204,
        summary="Leave a row out",
        responses=problems(*COMMON, "import-state"),
    )
    def leave_out(import_id: UUID, n: int, caller: Importer) -> None:
        commands.edit_row(hote.ports, hote.imports, caller, import_id, n, None)

    @routes.post(
        "/{import_id}/commit",
        status_code=202,
        summary="Make guests of the rows, in the background",
        responses=problems(*COMMON, "import-state", "date-order-needed", "mapping-incomplete"),
    )
    def commit(import_id: UUID, caller: Importer, response: Response) -> ImportView:
        return view(hote, commands.commit(hote.imports, caller, import_id), response)

    @routes.post(
        "/{import_id}/revert",
        status_code=202,
        summary="Undo a finished import, in the background",
        responses=problems(*COMMON, "import-state"),
    )
    def revert(import_id: UUID, caller: Importer, response: Response) -> ImportView:
        return view(hote, commands.revert(hote.imports, caller, import_id), response)

    @routes.get(
        "/{import_id}/rejected",
        summary="Download the refused rows with their reasons, to mend and load again",
        response_class=Response,
        responses=AS_TABLE | problems(*COMMON, "exports-busy"),
    )
    def rejected(
        import_id: UUID, caller: Importer, request: Request, format: Literal["csv", "xlsx"] = "csv"
    ) -> Response:
        draft = commands.read_import(hote.imports, caller, import_id)
        french = speaks_french(request)
        kept = [at for at, header in enumerate(draft.headers) if header in draft.mapping]
        headers = [draft.headers[at] for at in kept]
        lines = ([*cells(row, kept), reasons(row, french=french)] for row in every(draft, [REFUSED]))
        return table(Format(format), "rejected", [*headers, "Motif" if french else "Reason"], lines)

    def every(draft: ImportDraft, verdicts: Sequence[str] | None) -> Iterator[ImportRow]:
        after = 0
        while page := hote.imports.rows(draft.id, after=after, limit=1_000, verdicts=verdicts):
            yield from page
            after = page[-1].number

    return routes


def cells(row: ImportRow, columns: Iterable[int]) -> list[Cell]:
    known = dict(enumerate(row.cells or ()))
    return [known.get(at, "") for at in columns]


def reasons(row: ImportRow, *, french: bool) -> str:
    return " ; ".join(f"{problem.column or '*'}: {problem.detail}" for problem in row_problems(row, french=french))


def state(draft: ImportDraft, row: ImportRow) -> RowState:
    if row.verdict is None or row.number > draft.through:
        return "pending"
    return "refused" if row.verdict == REFUSED else "ok"


def view(hote: Hote, draft: ImportDraft, response: Response) -> ImportView:
    response.headers["ETag"] = etag(draft.revision)
    if draft.position is not None:
        response.headers[HOTE_POSITION] = str(draft.position)
    sample = hote.imports.rows(draft.id, after=0, limit=SAMPLE_ROWS) if draft.state in FIRST_STEPS else []
    return ImportView(
        **draft.model_dump(
            exclude={
                *("state", "counts", "kind", "by", "organisation_id", "through", "chosen_date_order"),
                *("revision", "position", "has_header"),
            }
        ),
        state="draft" if draft.state is ImportState.JUDGING else draft.state.value,
        date_order=draft.date_order,
        total=draft.rows,
        dry_run="running" if draft.state is ImportState.JUDGING else "done",
        processed=draft.counts.judged,
        **draft.counts.model_dump(),
        sample=[by_header(draft, row) for row in sample],
    )


def row_view(draft: ImportDraft, row: ImportRow, *, french: bool) -> RowView:
    found = state(draft, row)
    return RowView(
        n=row.number,
        state=found,
        outcome=Status(row.verdict) if found == "ok" and row.verdict else None,
        duplicate_of=row.duplicate_of,
        guest_id=row.guest_id,
        cells=by_header(draft, row),
        errors=row_problems(row, french=french),
    )


def row_problems(row: ImportRow, *, french: bool) -> list[RowProblem]:
    return [
        RowProblem(
            column=each.pointer.removeprefix("/").replace("~1", "/").replace("~0", "~") or None,
            code=each.code,
            detail=TEXTS[each.code].fr if french else each.detail,
        )
        for each in row.errors
    ]


def by_header(draft: ImportDraft, row: ImportRow) -> dict[str, str]:
    return dict(zip(draft.headers, row.cells or (), strict=False))


def speaks_french(request: Request) -> bool:
    return preferred(request.headers.get("accept-language", "")) == "fr"
