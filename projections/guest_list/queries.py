"""Reads the guest list: any search, sort and filter of a million guests, for the work of some ten thousand rows.

There are three ways to a page of fifty guests.

- *Walk* the index of the sort and check each guest on the way: fifty are soon met when many match.
- *Gather* all that match through the index of a search or a filter, and sort them: quick when few match.
- *Gather the nearest*, those that the order puts before a certain guest. The database then crosses what two indexes
  say before it reads any row: right for many who stand together far down the order, as all Martins do under M.

With a million guests a walk and a gathering meet near ten thousand matches, some 20 ms either way; only the wrong
way is slow, and the database, which can but guess how often letters occur, often takes it. So the way is chosen
here, from a sample: one guest in 512 is marked, and the marked ones of the organisation are all checked. This tells
how many guests match, and, as the sample is put in the order of the page, how far off the first of them are. A way
that does not fill the page was the wrong one, and the next is tried; gathering all is the last and never fails. So
the sample decides how guests are found, and never which.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row, scalar_row
from psycopg.sql import SQL, Composable

from domain.invitation import Message
from domain.policies.invitation_actions import Standing, actions
from projections.guest_list.fold import SAMPLED, status_on
from projections.guest_list.plan import Plan, planned
from projections.guest_list.query import GuestQuery, Place, cursor_after
from projections.invitation_status.queries import LastStay, of_last_stays

Item = dict[str, object]
"""A guest as the list of API.md has it; what describes a forgotten one is null or empty."""

_NAMELESS: Item = {
    "salutation": None,
    "first_name": None,
    "last_name": None,
    "emails": [],
    "phones": [],
    "company": None,
    "address": None,
    "level": None,
    "status_label": None,
    "custom": {},
}
STEPS = 5_000
"""Guests that a walk can always afford to check, some 8 ms."""

GLANCE = 1_000
"""Guests checked before the sample is: that takes as long, and is enough for what one guest in twenty has."""

_GAP = 5
"""How many times its usual length a gap tells of guests who stand together: by chance, one gap in 150 is so long."""

_CHUNK = 1_000
"""Guests of a whole list that are read at once."""

_COLUMNS = SQL("""guest.guest, guest.version, guest.created_at, guest.updated_at, guest.country, guest.language,
    guest.blocked_until, guest.stays, guest.nights, guest.last_stay, guest.last_rooms,
    guest.latest_stay_id, guest.paid, guest.held, guest.answered, guest.unsubscribed, guest.silenced, guest.suppressed,
    guest.profile""")

_SAMPLE = SQL("""
    SELECT place, size, hits, sorted_by, guest
    FROM (
        SELECT *, count(*) OVER () AS size, count(*) FILTER (WHERE hit) OVER () AS hits
        FROM (
            SELECT guest.guest, {key} AS sorted_by, {check} AS hit,
                row_number() OVER (ORDER BY {key} {direction} NULLS LAST, guest.guest {direction}) AS place
            FROM guest_list.guest WHERE {scope} AND {after} AND guest.sampled
        ) AS sample
    ) AS counted
    WHERE hit ORDER BY place LIMIT 2
""")
_WALK = SQL("""
    SELECT {columns}, {key} AS sorted_by
    FROM (
        SELECT * FROM guest_list.guest WHERE {scope} AND {segment}
        ORDER BY {key} {direction}, guest.guest {direction} LIMIT %(reach)s
    ) AS guest
    WHERE {check} ORDER BY {key} {direction}, guest.guest {direction} LIMIT %(wanted)s
""")
_GATHER = SQL("""
    WITH found AS MATERIALIZED (
        SELECT guest.guest, {key} AS sorted_by FROM guest_list.guest WHERE {seek} AND {after} AND {until}
    ), wanted AS MATERIALIZED (
        SELECT * FROM found ORDER BY sorted_by {direction} NULLS LAST, guest {direction} LIMIT %(wanted)s
    )
    SELECT {columns}, {key} AS sorted_by
    FROM wanted JOIN guest_list.guest USING (guest) ORDER BY {key} {direction} NULLS LAST, guest.guest {direction}
""")
# Written as one comparison of rows, the planner would take it for all of a country and not cross the indexes.
_UNTIL = SQL("({key} {before} %(value_until)s OR {key} = %(value_until)s AND guest.guest {before}= %(guest_until)s)")
_ALL = SQL("""
    SELECT {columns}, {key} AS sorted_by FROM guest_list.guest WHERE {seek} AND {segment}
    ORDER BY {key} {direction}, guest.guest {direction}
""")
_COUNT = SQL("SELECT count(*) FROM guest_list.guest WHERE {seek}")


class Page(NamedTuple):
    items: list[Item]
    next: str | None


class _Row(NamedTuple):
    guest: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    country: str | None
    language: str | None
    blocked_until: date | None
    stays: int
    nights: int
    last_stay: date | None
    last_rooms: list[str]
    latest_stay_id: UUID | None
    paid: dict[str, int]
    held: bool
    answered: bool
    unsubscribed: bool
    silenced: list[UUID]
    suppressed: list[str] | None
    profile: Item | None
    sorted_by: object

    @property
    def _has_address(self) -> bool:
        """Whether there is a phone, perhaps a mobile, or an e-mail address to which mails can be delivered."""
        profile = self.profile or _NAMELESS
        emails, phones = profile["emails"], profile["phones"]
        assert isinstance(emails, list)
        return bool(phones) or not set(emails).issubset(self.suppressed or ())

    def item(self, last: LastStay, today: date) -> Item:
        status = status_on(today, self.stays, self.blocked_until)
        standing = Standing(
            anonymised=self.profile is None,
            held=self.held,
            written_to=self.answered or last.written_to,
            hindered=status == "blocked"
            or self.unsubscribed
            or self.latest_stay_id in self.silenced
            or not self._has_address,
        )
        pre_stay, post_stay = last.state(Message.PRE_STAY), last.state(Message.POST_STAY)
        return {
            "id": self.guest,
            **(self.profile or _NAMELESS),
            "anonymised": self.profile is None,
            "country": self.country,
            "language": self.language,
            "status": status,
            "stays": self.stays,
            "nights": self.nights,
            "last_stay": self.last_stay,
            "last_rooms": self.last_rooms,
            "total_paid": [{"amount": amount, "currency": currency} for currency, amount in self.paid.items()],
            "portal": last.portal,
            "pre_stay": pre_stay,
            "post_stay": post_stay,
            "actions": list(actions(pre_stay, post_stay, standing)),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "version": self.version,
        }


class _Hit(NamedTuple):
    """A marked guest that matches, its place among the marked ones, how many these are and how many match."""

    place: int
    size: int
    hits: int
    sorted_by: object
    guest: UUID


def page(connection: Connection[TupleRow], query: GuestQuery) -> Page:
    """One page, and the cursor of the next where there is one. Raises BadQuery."""
    plan, wanted = planned(query), query.limit + 1
    rows = _matching(connection, plan, wanted) if plan.conditional else _following(connection, plan, wanted)
    last = Place(rows[-2].sorted_by, rows[-2].guest) if len(rows) == wanted else None
    return Page(_items(connection, query, rows[: query.limit]), last and cursor_after(query, last))


def count(connection: Connection[TupleRow], query: GuestQuery) -> int:
    """How many guests all pages have together."""
    plan = planned(replace(query, cursor=None))
    with connection.cursor(row_factory=scalar_row) as cursor:
        (total,) = cursor.execute(_COUNT.format(**plan.pieces), plan.values, prepare=False)
    return int(total)


def stream(connection: Connection[TupleRow], query: GuestQuery) -> Iterator[Item]:
    """All guests in order, read as they are taken, in one transaction."""
    plan = planned(replace(query, cursor=None))
    with connection.transaction():
        connection.execute("SET LOCAL cursor_tuple_fraction = 1")  # all are wanted, not the first of them soon
        for segment in plan.segments:
            with connection.cursor("guests", row_factory=class_row(_Row)) as cursor:
                cursor.execute(_ALL.format(columns=_COLUMNS, segment=segment, **plan.pieces), plan.values)
                while rows := cursor.fetchmany(_CHUNK):
                    yield from _items(connection, query, rows)


def _items(connection: Connection[TupleRow], query: GuestQuery, rows: Sequence[_Row]) -> list[Item]:
    last_stays = of_last_stays(connection, {row.guest: row.latest_stay_id for row in rows})
    return [row.item(last_stays[row.guest], query.today) for row in rows]


def _matching(connection: Connection[TupleRow], plan: Plan, wanted: int) -> list[_Row]:
    # Never walk on into the next segment: what was not reached of this one would be skipped.
    rows = _walk(connection, plan, plan.segments[0], wanted, GLANCE)
    if len(rows) == wanted:
        return rows
    with connection.cursor(row_factory=class_row(_Hit)) as cursor:
        hits = cursor.execute(_SAMPLE.format(**plan.pieces), plan.values, prepare=False).fetchall()
    if hits:
        first, second = hits[0], hits[-1]
        matching = first.hits * SAMPLED
        usual_gap = first.size / first.hits
        reach = max(STEPS, 2 * wanted * usual_gap)
        if reach <= matching and first.place < _GAP * usual_gap:
            rows = _walk(connection, plan, plan.segments[0], wanted, int(reach))
            if len(rows) == wanted:
                return rows
        if matching > 2 * STEPS and second.sorted_by is not None:
            rows = _gather(connection, plan, wanted, Place(second.sorted_by, second.guest))
            if len(rows) == wanted:
                return rows
    return _gather(connection, plan, wanted, None)


def _following(connection: Connection[TupleRow], plan: Plan, wanted: int) -> list[_Row]:
    """The next guests, when all match."""
    rows: list[_Row] = []
    for segment in plan.segments:
        if missing := wanted - len(rows):
            rows += _walk(connection, plan, segment, missing, reach=missing)
    return rows


def _walk(connection: Connection[TupleRow], plan: Plan, segment: Composable, wanted: int, reach: int) -> list[_Row]:
    """Those of the next `reach` guests in a segment who match, `wanted` at most."""
    return _rows(connection, plan, _WALK, {"segment": segment}, {"wanted": wanted, "reach": reach})


def _gather(connection: Connection[TupleRow], plan: Plan, wanted: int, until: Place | None) -> list[_Row]:
    """The first `wanted` of all who match, or of those who stand no further than `until`."""
    if until is None:
        return _rows(connection, plan, _GATHER, {"until": SQL("true")}, {"wanted": wanted})
    values = {"value_until": until.value, "guest_until": until.guest, "wanted": wanted}
    return _rows(connection, plan, _GATHER, {"until": _UNTIL.format(**plan.pieces)}, values)


def _rows(
    connection: Connection[TupleRow],
    plan: Plan,
    template: SQL,
    pieces: dict[str, Composable],
    values: dict[str, object],
) -> list[_Row]:
    statement = template.format(columns=_COLUMNS, **plan.pieces, **pieces)
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        # Prepared, a statement would soon be planned without regard to its values.
        return cursor.execute(statement, plan.values | values, prepare=False).fetchall()
