"""Reads lists of invitations: property by property along an index, merged; and what became of guests' last stays."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row, scalar_row
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from domain.invitation import Message
from domain.invitation_states import State
from projections.guest_list.survivors import is_one_with
from projections.invitation_status.query import InvitationQuery, cursor_after, place_of
from projections.invitation_status.row import Row

_LIST = SQL("""
    SELECT invitation.*
    FROM unnest(%(properties)s::uuid[]) AS among (property) CROSS JOIN LATERAL (
        SELECT * FROM invitation_status.invitation WHERE invitation.property = among.property AND {conditions}
        ORDER BY {order} LIMIT %(limit)s
    ) AS invitation
    ORDER BY {order} LIMIT %(limit)s
""")
_COUNT = SQL("SELECT count(*) FROM invitation_status.invitation WHERE property = ANY(%(properties)s) AND {conditions}")
_BOUNDS = {
    "due_from": SQL("coalesce(due_at, '-infinity') >= {}"),
    "due_before": SQL("coalesce(due_at, '-infinity') < {} AND due_at IS NOT NULL"),
    "sent_from": SQL("coalesce(sent_at, '-infinity') >= {}"),
    "sent_before": SQL("coalesce(sent_at, '-infinity') < {} AND sent_at IS NOT NULL"),
}


class Page(NamedTuple):
    items: list[Row]
    next: str | None


class LastStay(NamedTuple):
    """The invitations about a guest's last stay, and whether any message about any stay was sent to them."""

    messages: Mapping[Message, Row]
    written_to: bool

    def state(self, message: Message) -> State:
        return State(self.messages[message].state) if message in self.messages else State.NOT_ENABLED

    @property
    def portal(self) -> str | None:
        return self.messages[Message.POST_STAY].portal if Message.POST_STAY in self.messages else None


def page(connection: Connection[TupleRow], query: InvitationQuery, limit: int, cursor: str | None) -> Page:
    """One page, and the cursor of the next where there is one. Raises BadCursor."""
    place = place_of(query, cursor) if cursor else {}
    with connection.cursor(row_factory=class_row(Row)) as rows:
        # Prepared, a statement would soon be planned without regard to its values.
        found = rows.execute(_list(query, place), _values(query, limit + 1) | place, prepare=False).fetchall()
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], cursor_after(query, getattr(last, query.column), last.invitation))


def count(connection: Connection[TupleRow], query: InvitationQuery) -> int:
    """How many invitations all pages have together."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        statement = _COUNT.format(conditions=_all(_conditions(query)))
        (total,) = cursor.execute(statement, _values(query, None), prepare=False)
    return int(total)


def stream(connection: Connection[TupleRow], query: InvitationQuery) -> Iterator[Row]:
    """All of the list, read as it is taken, in one transaction."""
    with connection.transaction(), connection.cursor("invitations", row_factory=class_row(Row)) as rows:
        rows.itersize = 1_000
        rows.execute(_list(query, {}), _values(query, None))
        yield from rows


def of_last_stays(connection: Connection[TupleRow], last_stays: Mapping[UUID, UUID | None]) -> dict[UUID, LastStay]:
    """By guest; given the last stay of each, None for who has none."""
    known = {guest: dict[Message, Row]() for guest in last_stays}
    whose = {stay: guest for guest, stay in last_stays.items() if stay}
    with connection.cursor(row_factory=class_row(Row)) as rows:
        for row in rows.execute("SELECT * FROM invitation_status.invitation WHERE stay = ANY(%s)", [list(whose)]):
            known[whose[row.stay]][Message(row.message)] = row
    written_to = _written_to(connection, last_stays)
    return {guest: LastStay(messages, guest in written_to) for guest, messages in known.items()}


def _written_to(connection: Connection[TupleRow], guests: Collection[UUID]) -> set[UUID]:
    found = connection.execute(
        "SELECT DISTINCT guest FROM invitation_status.invitation WHERE guest = ANY(%s) AND sent_at IS NOT NULL",
        [list(guests)],
    )
    return {guest for (guest,) in found}


def _list(query: InvitationQuery, place: Mapping[str, object]) -> Composed:
    key, direction = _key(query.column), SQL("DESC" if query.descending else "ASC")
    after = SQL("({}, invitation.invitation) {} (coalesce(%(value)s::timestamptz, '-infinity'), %(invitation)s)")
    conditions = _conditions(query)
    if place:
        conditions.append(after.format(key, SQL("<" if query.descending else ">")))
    order = SQL("{} {direction}, invitation.invitation {direction}").format(key, direction=direction)
    return _LIST.format(conditions=_all(conditions), order=order)


def _key(column: str) -> Composable:
    """As the index of the order has it."""
    name = Identifier("invitation", column)
    return name if column == "updated_at" else SQL("coalesce({}, '-infinity')").format(name)


def _conditions(query: InvitationQuery) -> list[Composable]:
    bounds = [bound.format(Placeholder(name)) for name, bound in _BOUNDS.items() if getattr(query, name) is not None]
    equal = (
        is_one_with(SQL("guest"), Placeholder("guest"))
        if name == "guest"
        else SQL("{} = {}").format(Identifier(name), Placeholder(name))
        for name in query.equal
    )
    return [SQL("true"), *equal, *bounds]


def _all(conditions: Sequence[Composable]) -> Composed:
    return SQL(" AND ").join(conditions)


def _values(query: InvitationQuery, limit: int | None) -> dict[str, object]:
    """Without a limit, all."""
    bounds = {name: getattr(query, name) for name in _BOUNDS}
    return {"properties": list(query.properties), "limit": limit, **query.equal, **bounds}
