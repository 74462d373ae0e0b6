"""Writes the draft of an import, for those who go on with it and those who forget a guest in it."""

from psycopg import Cursor
from psycopg.rows import TupleRow

from application.imports.draft import ImportDraft, ImportStateWrong


def require(cursor: Cursor[TupleRow], draft: ImportDraft, revision: int) -> None:
    cursor.execute("SELECT revision FROM imports.draft WHERE id = %s FOR UPDATE", [draft.id])
    if cursor.fetchone() != (revision,):
        raise ImportStateWrong("The import has gone on meanwhile: read it again.")


def save(cursor: Cursor[TupleRow], draft: ImportDraft) -> None:
    cursor.execute(
        "UPDATE imports.draft SET revision = %s, state = %s, body = %s WHERE id = %s",
        [draft.revision, draft.state, draft.model_dump_json(), draft.id],
    )
