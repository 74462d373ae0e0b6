"""Keeps imports under way in the database: the file, its rows, and what became of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

import psycopg
from psycopg import Cursor
from psycopg.rows import TupleRow
from psycopg.sql import SQL
from psycopg.types.json import Json
from pydantic import TypeAdapter

from adapters.postgres.drafts import require, rows_telling_of, save
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from application.imports.draft import (
    REFUSED,
    FileGone,
    ImportDraft,
    ImportRow,
    ImportState,
    ImportUnknown,
    RowOfGuest,
    Verdicts,
)
from application.ports import Identities
from domain.contact import FieldProblem
from domain.event import Event, Metadata
from domain.traces import Traces

PIECE = 1_000_000
"""Bytes of a piece of a file."""

LOCKS = 0x696D706F  # "impo": first of two integers of an advisory lock; the second is from the import's id

MAPPED_ONLY = SQL("""array(
    SELECT CASE WHEN place = ANY(%b::int[]) THEN cell ELSE '' END
    FROM unnest(row.cells) WITH ORDINALITY AS c (cell, place) ORDER BY place)""")

PROBLEMS = TypeAdapter(list[FieldProblem])


class PostgresImports:
    """Implements application.imports.draft.ImportStore. Safe for threads and processes."""

    def __init__(self, pool: Pool, database_url: str, log: GuestLog) -> None:
        self._pool = pool
        self._database_url = database_url
        self._log = log

    def create(self, draft: ImportDraft, file: Path, rows: Iterable[tuple[int, Sequence[str]]]) -> ImportDraft:
        with self._transaction() as cursor:
            cursor.execute(
                "INSERT INTO imports.draft VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    draft.id,
                    draft.organisation_id,
                    draft.created_at,
                    draft.revision,
                    draft.state,
                    draft.model_dump_json(),
                ],
            )
            with file.open("rb") as source:
                for number in count():
                    if not (piece := source.read(PIECE)):
                        break
                    cursor.execute("INSERT INTO imports.piece VALUES (%s, %s, %b)", [draft.id, number, piece])
            return self._fill(cursor, draft, rows)

    def reread(self, draft: ImportDraft, rows: Iterable[tuple[int, Sequence[str]]]) -> ImportDraft:
        with self._transaction() as cursor:
            require(cursor, draft, draft.revision)
            cursor.execute("DELETE FROM imports.row WHERE import_id = %s", [draft.id])
            return self._fill(cursor, draft, rows)

    def _fill(
        self, cursor: Cursor[TupleRow], draft: ImportDraft, rows: Iterable[tuple[int, Sequence[str]]]
    ) -> ImportDraft:
        with cursor.copy("COPY imports.row (import_id, number, cells) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["uuid", "int4", "text[]"])
            for number, cells in rows:
                copy.write_row((draft.id, number, _storable(cells)))
        draft = draft.model_copy(update={"rows": cursor.rowcount})
        save(cursor, draft)
        return draft

    @contextmanager
    def file(self, import_id: UUID) -> Iterator[Path]:
        with NamedTemporaryFile() as file:
            with self._transaction() as cursor:
                pieces = cursor.stream(
                    "SELECT bytes FROM imports.piece WHERE import_id = %b ORDER BY number", [import_id]
                )
                for (piece,) in pieces:
                    file.write(piece)
            if file.tell() == 0:
                raise FileGone("Somebody whom the file told of was forgotten meanwhile: upload it again.")
            file.flush()
            yield Path(file.name)

    def get(self, organisation_id: UUID, import_id: UUID) -> ImportDraft:
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT body FROM imports.draft WHERE id = %s AND organisation_id = %s", [import_id, organisation_id]
            ).fetchone()
        if row is None:
            raise ImportUnknown("There is no such import.")
        return ImportDraft.model_validate(row[0])

    def save(self, draft: ImportDraft, *, after: int) -> None:
        with self._transaction() as cursor:
            require(cursor, draft, after)
            save(cursor, draft)

    def at_work(self) -> list[ImportDraft]:
        with self._pool.connection() as connection:
            found = connection.execute(
                "SELECT body FROM imports.draft WHERE state IN ('judging', 'running', 'reverting') ORDER BY id"
            )
            return [ImportDraft.model_validate(body) for (body,) in found]

    @contextmanager
    def lock(self, import_id: UUID) -> Iterator[bool]:
        # A connection of its own: if this process dies, the lock is free at once.
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            number = import_id.int % 2**31
            row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, number]).fetchone()
            yield row == (True,)

    def rows(
        self, import_id: UUID, *, after: int, limit: int, verdicts: Sequence[str] | None = None
    ) -> list[ImportRow]:
        picked = list(verdicts) if verdicts is not None else None
        with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            cursor.execute(
                "SELECT number, cells, verdict, duplicate_of, errors, guest_id FROM imports.row"
                " WHERE import_id = %s AND number > %s AND (%s::text[] IS NULL OR verdict = ANY(%s))"
                " ORDER BY number LIMIT %s",
                [import_id, after, picked, picked, limit],
            )
            return [
                ImportRow(number, cells, verdict, duplicate_of, PROBLEMS.validate_python(errors or []), guest_id)
                for number, cells, verdict, duplicate_of, errors, guest_id in cursor
            ]

    def every_cell(self, import_id: UUID, columns: Sequence[int]) -> Iterator[Sequence[str]]:
        if not columns:
            return
        with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor("cells", binary=True) as cursor,
        ):
            cursor.itersize = 10_000
            cursor.execute(
                "SELECT array(SELECT coalesce(cells[i], '') FROM unnest(%s::int[]) AS i)"
                " FROM imports.row WHERE import_id = %s AND cells IS NOT NULL",
                [[column + 1 for column in columns], import_id],
            )
            for (cells,) in cursor:
                yield cells

    def edit_row(self, draft: ImportDraft, number: int, cells: Sequence[str] | None) -> None:
        with self._transaction() as cursor:
            require(cursor, draft, draft.revision)
            if cells is None:
                cursor.execute("DELETE FROM imports.row WHERE import_id = %s AND number = %s", [draft.id, number])
            else:
                cursor.execute(
                    "UPDATE imports.row SET cells = %s WHERE import_id = %s AND number = %s",
                    [_storable(cells), draft.id, number],
                )
            if cursor.rowcount == 0:
                raise ImportUnknown("The import has no such row.")

    def judged(self, draft: ImportDraft, verdicts: Verdicts) -> None:
        with self._transaction() as cursor:
            require(cursor, draft, draft.revision)
            _write(cursor, draft, verdicts, dry=True)
            save(cursor, draft)

    def committed(
        self,
        draft: ImportDraft,
        verdicts: Verdicts,
        events: Sequence[Event],
        metadata: Metadata,
        identities: Identities,
        meanwhile: Callable[[], object],
    ) -> ImportDraft:
        ready = self._log.ready(events, metadata, identities)
        meanwhile()
        with self._transaction() as cursor:
            require(cursor, draft, draft.revision)
            _write(cursor, draft, verdicts, dry=False)
            if events:
                # Late, because until the commit it holds back who reads the log.
                draft = draft.model_copy(update={"position": self._log.write(ready, cursor=cursor)})
            save(cursor, draft)
        return draft

    def first_rows(self, import_id: UUID, guests: Sequence[UUID]) -> dict[UUID, int]:
        if not guests:
            return {}
        with self._pool.connection() as connection:
            return dict(
                connection.execute(
                    "SELECT guest_id, min(number) FROM imports.row WHERE import_id = %s AND guest_id = ANY(%s)"
                    " AND duplicate_of IS NULL GROUP BY guest_id",
                    [import_id, list(guests)],
                ).fetchall()
            )

    def guests(self, import_id: UUID, after: UUID, limit: int) -> list[UUID]:
        with self._pool.connection() as connection:
            found = connection.execute(
                "SELECT DISTINCT guest_id FROM imports.row WHERE import_id = %s AND guest_id > %s"
                " ORDER BY guest_id LIMIT %s",
                [import_id, after, limit],
            )
            return [guest_id for (guest_id,) in found]

    def rest(self, draft: ImportDraft) -> None:
        with self._transaction() as cursor:
            require(cursor, draft, draft.revision)
            cursor.execute("DELETE FROM imports.piece WHERE import_id = %s", [draft.id])
            match draft.state:
                case ImportState.DONE if draft.has_header:
                    cursor.execute(
                        "INSERT INTO imports.mapping VALUES (%s, %s, %s) ON CONFLICT (organisation_id, headers)"
                        " DO UPDATE SET mapping = excluded.mapping",
                        [draft.organisation_id, _signature(draft.headers), Json(dict(draft.mapping))],
                    )
                case ImportState.FAILED:
                    strip = SQL("UPDATE imports.row SET cells = {} WHERE import_id = %b AND cells IS NOT NULL")
                    cursor.execute(strip.format(MAPPED_ONLY), [_mapped(draft), draft.id])
                case ImportState.REVERTED:
                    cursor.execute("DELETE FROM imports.row WHERE import_id = %s", [draft.id])
            save(cursor, draft)

    def telling_of(self, organisation_id: UUID, traces: Traces) -> list[RowOfGuest]:
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT body FROM imports.draft WHERE organisation_id = %s AND state <> %s ORDER BY id",
                [organisation_id, ImportState.REVERTED],
            )
            drafts = [ImportDraft.model_validate(body) for (body,) in cursor]
            return [row for draft in drafts for row in rows_telling_of(cursor, draft, traces.reached_by)]

    def remembered(self, organisation_id: UUID, headers: Sequence[str]) -> Mapping[str, str] | None:
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT mapping FROM imports.mapping WHERE organisation_id = %s AND headers = %s",
                [organisation_id, _signature(headers)],
            ).fetchone()
        return row[0] if row else None

    def clear(self, *, drafts_before: datetime, refused_before: datetime) -> None:
        with self._transaction() as cursor:
            cursor.execute(
                "DELETE FROM imports.draft WHERE state IN ('draft', 'judging', 'failed') AND created_at < %s",
                [drafts_before],
            )
            cursor.execute(
                "UPDATE imports.row SET cells = NULL FROM imports.draft WHERE draft.id = row.import_id"
                " AND row.verdict = %s AND row.cells IS NOT NULL AND draft.created_at < %s",
                [REFUSED, refused_before],
            )

    @contextmanager
    def _transaction(self) -> Iterator[Cursor[TupleRow]]:
        with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            yield cursor


def _write(cursor: Cursor[TupleRow], draft: ImportDraft, verdicts: Verdicts, *, dry: bool) -> None:
    accepted = verdicts.accepted
    cursor.execute(
        "UPDATE imports.row SET verdict = v.verdict, duplicate_of = v.duplicate_of, errors = v.errors::jsonb,"
        " guest_id = v.guest_id, cells = CASE WHEN %b THEN row.cells END"
        " FROM unnest(%b::int[], %s::text[], %b::int[], %s::text[], %s::uuid[])"
        "   AS v (number, verdict, duplicate_of, errors, guest_id)"
        " WHERE row.import_id = %b AND row.number = v.number",
        [
            dry,
            [each.number for each in accepted],
            [each.status for each in accepted],
            [each.duplicate_of for each in accepted],
            [_errors(each.left_out) for each in accepted],
            [None if dry else each.guest_id for each in accepted],
            draft.id,
        ],
    )
    refuse = SQL(
        "UPDATE imports.row SET verdict = %s, duplicate_of = NULL, errors = v.errors::jsonb, guest_id = NULL,"
        " cells = CASE WHEN %b THEN row.cells ELSE {} END"
        " FROM unnest(%b::int[], %s::text[]) AS v (number, errors)"
        " WHERE row.import_id = %b AND row.number = v.number"
    )
    cursor.execute(
        refuse.format(MAPPED_ONLY),
        [
            REFUSED,
            dry,
            _mapped(draft),
            [each.number for each in verdicts.refused],
            [_errors(each.problems) for each in verdicts.refused],
            draft.id,
        ],
    )


def _mapped(draft: ImportDraft) -> list[int]:
    """The places, from 1, of the columns that are mapped: others stay only as long as the mapping can change."""
    return [at for at, header in enumerate(draft.headers, 1) if header in draft.mapping]


def _storable(cells: Sequence[str]) -> list[str]:
    """Postgres has no NUL in text."""
    return [cell.replace("\0", "") for cell in cells]


def _errors(problems: Sequence[FieldProblem]) -> str | None:
    return PROBLEMS.dump_json(list(problems)).decode() if problems else None


def _signature(headers: Sequence[str]) -> bytes:
    return sha256("\x1f".join(headers).encode()).digest()
