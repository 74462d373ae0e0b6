"""Reads and writes the draft of an import for those who go on with it and those who look for a guest in it."""

from collections.abc import Callable, Iterator, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from application.imports.draft import ImportDraft, ImportStateWrong, RowOfGuest

EVERY_ROW: LiteralString = "SELECT number, cells FROM imports.row WHERE import_id = %s AND cells IS NOT NULL"
ONLY_REFUSED = EVERY_ROW + " AND verdict = 'refused'"
AT_ONCE = 5_000
"""Rows of an import that are looked through at a time."""


def require(cursor: Cursor[TupleRow], draft: ImportDraft, revision: int) -> None:
    cursor.execute("SELECT revision FROM imports.draft WHERE id = %s FOR UPDATE", [draft.id])
    if cursor.fetchone() != (revision,):
        raise ImportStateWrong("The import has gone on meanwhile: read it again.")


def save(cursor: Cursor[TupleRow], draft: ImportDraft) -> None:
    cursor.execute(
        "UPDATE imports.draft SET revision = %s, state = %s, body = %s WHERE id = %s",
        [draft.revision, draft.state, draft.model_dump_json(), draft.id],
    )


WhoseRow = Callable[[Sequence[str]], UUID | None]
"""The guest whom a row's cells tell of, if they do: one of the ways of domain.traces.Traces."""


def rows_telling_of(cursor: Cursor[TupleRow], draft: ImportDraft, whose: WhoseRow) -> Iterator[RowOfGuest]:
    """The rows that still hold what the file said and tell of a guest."""
    with cursor.connection.cursor("rows", binary=True) as rows:
        rows.itersize = AT_ONCE
        rows.execute(ONLY_REFUSED if draft.is_finished else EVERY_ROW, [draft.id])
        for number, cells in rows:
            if guest_id := whose(cells):
                by_header = dict(zip(draft.headers, cells, strict=False))
                yield RowOfGuest(draft.id, draft.property_id, number, guest_id, by_header)
