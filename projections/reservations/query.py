"""What can be asked of the reservations, and the cursor that says where a page ended."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from projections import cursor
from projections.cursor import BadCursor

SORTS: Mapping[str, Callable[[str], object]] = {
    "arrival": date.fromisoformat,
    "departure": date.fromisoformat,
    "booked_at": datetime.fromisoformat,
    "updated_at": datetime.fromisoformat,
}
"""The columns to sort by, and how a cursor's text is read back as a value of theirs."""


@dataclass(frozen=True)
class ReservationQuery:
    """Which reservations of which properties. A filter that is None lets all pass.

    `equal` are columns and the values that they must have. Dates are bounded from `..._from` on and before
    `..._before`. `sort` is one of SORTS, after "-" for descending.
    """

    properties: Collection[UUID]
    equal: Mapping[str, object]
    arrival_from: date | None = None
    arrival_before: date | None = None
    departure_from: date | None = None
    departure_before: date | None = None
    sort: str = "-booked_at"

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")


def cursor_after(query: ReservationQuery, value: object, reservation: UUID) -> str:
    return cursor.written([query.sort, value, reservation])


def place_of(query: ReservationQuery, text: str) -> dict[str, object]:
    """Where the page before ended: `value` and `reservation`. Raises BadCursor, also for one of another order."""
    sort, value, reservation = cursor.read(text, [str, SORTS[query.column], UUID])
    if sort != query.sort:
        raise BadCursor("this is the next of a page in another order")
    return {"value": value, "reservation": reservation}
