"""What can be asked of the guest list, and the cursor that says where a page ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from projections import cursor

MOST = 200
"""Guests on the longest page."""


def _stored(text: str) -> str:
    """A text such as the database can hold."""
    text.encode()  # raises ValueError for a lone surrogate
    if "\0" in text:
        raise ValueError("NUL")
    return text


SORTS: Mapping[str, Callable[[str], object]] = {
    "last_name": _stored,
    "company": _stored,
    "country": _stored,
    "status": _stored,
    "stays": int,
    "last_stay": date.fromisoformat,
    "total_paid": int,
    "created_at": datetime.fromisoformat,
}
"""The columns to sort by, and how a cursor's text is read back as a value of theirs."""


class BadQuery(ValueError):
    """A list that cannot be; `field` names the parameter to mend."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


@dataclass(frozen=True)
class GuestQuery:
    """Which guests, in which order. A filter that is None lets all pass.

    `search` is words that must all occur somewhere in what is known of the guest. `visible` are the properties that
    the caller may see: guests who stayed elsewhere only are not theirs, those who never stayed are everybody's.
    `properties` keeps guests with a stay in one of them. The dates bound that same stay, from `..._from` on and before
    `..._before`, and it is one in `room`, in whatever case, and one that has the day `staying_on` within, arrival and
    departure included: a stay of which only one of these is known lasts until or from then, one of which neither is
    known has no day within. A stay that the caller may not see does not count. `post_stay` is where the invitation to
    review the guest's last stay is, `channel` how it was sent. `today` is by which a block is over. `sort` is one of
    SORTS, after "-" for descending; guests without a value come last either way. `cursor` is the `next` of the page
    before.

    Raises BadQuery.
    """

    organisation_id: UUID
    search: str = ""
    status: str | None = None
    status_label: str | None = None
    country: str | None = None
    language: str | None = None
    properties: frozenset[UUID] | None = None
    visible: frozenset[UUID] | None = None
    arrival_from: date | None = None
    arrival_before: date | None = None
    departure_from: date | None = None
    departure_before: date | None = None
    room: str | None = None
    staying_on: date | None = None
    post_stay: str | None = None
    channel: str | None = None
    today: date = date.min
    sort: str = "-created_at"
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if self.column not in SORTS:
            raise BadQuery("sort", f"the list can be sorted by {', '.join(SORTS)}")
        if not 1 <= self.limit <= MOST:
            raise BadQuery("limit", f"a page has 1 to {MOST} guests")

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")


class Place(NamedTuple):
    """Where in the order a guest stands, or stood when they were read: the value sorted by, None if unknown."""

    value: object
    guest: UUID


def cursor_after(query: GuestQuery, place: Place) -> str:
    return cursor.written([query.sort, *place])


def place_of(query: GuestQuery) -> Place | None:
    """The place that the query's cursor stands for. Raises BadQuery."""
    if query.cursor is None:
        return None
    try:
        sort, value, guest = cursor.read(query.cursor, [str, _or_none(SORTS[query.column]), UUID])
    except cursor.BadCursor as error:
        raise BadQuery("cursor", str(error)) from error
    if sort != query.sort:
        raise BadQuery("cursor", f"this is the next of a page in another order, {query.sort} is asked for")
    assert isinstance(guest, UUID)
    return Place(value, guest)


def _or_none(reader: Callable[[str], object]) -> Callable[[str | None], object]:
    return lambda text: None if text is None else reader(text)
