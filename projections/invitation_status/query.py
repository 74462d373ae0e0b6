"""What can be asked of the invitations, and the cursor that says where a page ended."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections import cursor
from projections.cursor import BadCursor

SORTS = ("updated_at", "due_at", "sent_at")


@dataclass(frozen=True)
class InvitationQuery:
    """Which invitations of which properties. A filter that is None lets all pass.

    `equal` are columns and the values that they must have. Times are bounded from `..._from` on and before
    `..._before`. `sort` is one of SORTS, after "-" for descending; what has no such time counts as before all that has
    one.
    """

    properties: Collection[UUID]
    equal: Mapping[str, object]
    due_from: datetime | None = None
    due_before: datetime | None = None
    sent_from: datetime | None = None
    sent_before: datetime | None = None
    sort: str = "-updated_at"

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")


def cursor_after(query: InvitationQuery, value: datetime | None, invitation: UUID) -> str:
    return cursor.written([query.sort, value, invitation])


def place_of(query: InvitationQuery, text: str) -> dict[str, object]:
    """Where the page before ended: `value` and `invitation`. Raises BadCursor, also for one of another order."""
    sort, value, invitation = cursor.read(text, [str, _moment, UUID])
    if sort != query.sort:
        raise BadCursor("this is the next of a page in another order")
    return {"value": value, "invitation": invitation}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
