"""Keeps the invitations up with the log: takes the rows a batch concerns out, changes them here, puts them back."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow, class_row

from domain.event import Event, Recorded
from domain.invitation import InvitationEvent, InvitationScheduled, ReviewWritten
from projections.invitation_status.row import TYPES, Row, begun, evolve

_FOLDER = Path(__file__).parent


class InvitationStatus:
    """The projection `invitation_status`."""

    name = "invitation_status"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable = None
    folds: tuple[type[Event], ...] = get_args(InvitationEvent)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        first = {one.event.originator_id for one in batch if one.event.originator_version == 1}
        rows = _take(cursor, {one.event.originator_id for one in batch} - first)
        for one in batch:
            event, invitation = one.event, one.event.originator_id
            if invitation in first and isinstance(event, InvitationScheduled | ReviewWritten):
                rows.setdefault(invitation, begun(one, event.about))
            rows[invitation] = evolve(rows[invitation], one)
        with cursor.copy("COPY invitation FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES.split())
            for row in rows.values():
                copy.write_row(row)


def _take(cursor: Cursor[TupleRow], invitations: set[UUID]) -> dict[UUID, Row]:
    if not invitations:
        return {}
    with cursor.connection.cursor(row_factory=class_row(Row)) as rows:
        rows.execute("DELETE FROM invitation WHERE invitation = ANY(%s) RETURNING *", [list(invitations)])
        return {row.invitation: row for row in rows}
