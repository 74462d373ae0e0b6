"""Keeps the inbox up with the log: takes the rows a batch concerns out, changes them, puts them back, tells of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import LiteralString, get_args
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL, Identifier

from domain.erasure import WordsErased
from domain.event import Event, Recorded
from domain.feedback import FeedbackEvent, FeedbackRecorded
from domain.guest_events import GuestAnonymised, GuestDeleted
from domain.handling import Folder
from projections.inbox.changes import Change, tell
from projections.inbox.row import CATEGORIES, TYPES, Row, begun, evolve, without_words

_FOLDER = Path(__file__).parent
_TAKE = SQL("DELETE FROM feedback WHERE feedback = ANY(%s) OR subject = ANY(%s) RETURNING {}").format(
    SQL(", ").join(SQL("words::text") if name == "words" else Identifier(name) for name in Row._fields)
)

_Cursor = Cursor[TupleRow]
_Rows = dict[UUID, Row]


class Inbox:
    """The projection `inbox`."""

    name = "inbox"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = (
        "SELECT subject, count(*) FROM feedback"
        " WHERE subject = ANY(%(guests)s) AND (words IS NOT NULL OR delegated_to IS NOT NULL) GROUP BY subject"
    )
    folds: tuple[type[Event], ...] = (*get_args(FeedbackEvent), WordsErased, GuestAnonymised, GuestDeleted)

    def apply(self, cursor: _Cursor, batch: Sequence[Recorded]) -> None:
        first = {one.event.originator_id for one in batch if isinstance(one.event, FeedbackRecorded)}
        forgotten = {
            one.event.originator_id: one for one in batch if isinstance(one.event, GuestAnonymised | GuestDeleted)
        }
        changed = {one.event.originator_id for one in batch} - first - forgotten.keys()

        before = _take(cursor, changed, forgotten)
        after = dict(before)
        for one in batch:
            event, feedback = one.event, one.event.originator_id
            if isinstance(event, FeedbackRecorded):
                after[feedback] = begun(one, event)
            elif feedback in after:  # else it is of a guest, or of a quality cost
                after[feedback] = evolve(after[feedback], one)
        for row in after.values():
            if row.subject in forgotten:  # after which nothing is ever written of them
                position = max(row.position, forgotten[row.subject].position)
                after[row.feedback] = without_words(row)._replace(position=position)
        _put_back(cursor, after.values())
        _count(cursor, before.values(), after.values())
        tell(cursor, [_change(row) for row in after.values()])


def _take(cursor: _Cursor, feedbacks: Iterable[UUID], subjects: Iterable[UUID]) -> _Rows:
    with cursor.connection.cursor(row_factory=class_row(Row)) as rows:
        rows.execute(_TAKE, [list(feedbacks), list(subjects)])
        return {row.feedback: row for row in rows}


def _put_back(cursor: _Cursor, rows: Iterable[Row]) -> None:
    with cursor.copy("COPY feedback FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(TYPES.split())
        for row in rows:
            copy.write_row(row)


def _count(cursor: _Cursor, before: Iterable[Row], after: Iterable[Row]) -> None:
    counted = Counter(map(_place, after))
    counted.subtract(map(_place, before))
    changed = [(*place, number) for place, number in counted.items() if number]
    if changed:
        cursor.execute(
            "INSERT INTO tally AS known"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::int2[], %s::int8[])"
            " ON CONFLICT (property, folder, urgency) DO UPDATE SET feedbacks = known.feedbacks + excluded.feedbacks",
            [list(column) for column in zip(*changed, strict=True)],
        )
        cursor.execute("DELETE FROM tally WHERE feedbacks = 0")


def _place(row: Row) -> tuple[UUID, UUID, str, int]:
    return row.organisation, row.property, row.folder, row.urgency


def _change(row: Row) -> Change:
    folder, category = Folder(row.folder), CATEGORIES[row.urgency]
    return Change(row.organisation, row.property, row.feedback, folder, category, row.position)
