"""Reads lists of feedback: property by property along an index, merged, with the names that others keep."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row, dict_row, scalar_row
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from domain.event import Recorded
from domain.feedback import FeedbackRecorded
from domain.handling import Category, Folder
from projections.cursor import written
from projections.guest_list.survivors import STANDS_FOR, is_one_with
from projections.inbox.query import Asked, place_of
from projections.inbox.row import CATEGORIES, begun, evolve

_NAMES = SQL("""
    code.name AS code_name, guest.profile AS guest_profile, guest.language AS guest_language,
    guest.country AS guest_country, guest.blocked_until AS guest_blocked_until, guest.stays AS guest_stays,
    guest.last_stay AS guest_last_stay, guest.paid AS guest_paid, employee.name AS claimant
""")
_KEPT_BY_OTHERS = SQL("""
    LEFT JOIN settings.code ON code.code = feedback.code
    {guest}
    LEFT JOIN settings.employee ON employee.employee = feedback.claimed_for
""").format(guest=STANDS_FOR.format(guest=SQL("feedback.guest")))
_ONE = SQL("""
    SELECT {names} FROM (SELECT %(code)s::uuid AS code, %(guest)s::uuid AS guest, %(claimed_for)s::uuid AS claimed_for)
        AS feedback {kept_by_others}
""").format(names=_NAMES, kept_by_others=_KEPT_BY_OTHERS)
_LIST = SQL("""
    SELECT feedback.*, {names}
    FROM (
        SELECT feedback.*
        FROM unnest(%(properties)s::uuid[], %(since)s::date[]) AS among (property, since)
            CROSS JOIN LATERAL ({found}) AS feedback
        ORDER BY {order} LIMIT %(limit)s
    ) AS feedback {kept_by_others}
    ORDER BY {order}
""")
_FOUND = SQL("""(
    SELECT {columns} FROM inbox.feedback WHERE feedback.property = among.property AND {conditions}
    ORDER BY {order} LIMIT %(limit)s
)""")
_COUNT = SQL("""
    SELECT count(*)
    FROM unnest(%(properties)s::uuid[], %(since)s::date[]) AS among (property, since) JOIN inbox.feedback
        ON feedback.property = among.property AND {conditions}
""")


class Item(NamedTuple):
    """A feedback with what is known today of its code and guest; amounts in minor units, see `schema.sql`."""

    feedback: UUID
    property: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    guest: UUID | None
    origin: str
    kind: str
    said_at: datetime
    day: date
    code: UUID | None
    room: str | None
    employee: UUID | None
    emoji: str | None
    given: Decimal | None
    scale: int | None
    portal: str | None
    language: str | None
    alert: bool
    words: Mapping[str, str] | None
    resolved_at: datetime | None
    satisfaction: int | None
    total: int | None
    proposed: int | None
    currency: str | None
    folder: str
    urgency: int
    held: bool
    holder: str | None
    claimed_for: UUID | None
    assigned_to: UUID | None
    delegated_to: str | None
    answered_at: datetime | None
    waiting: bool
    clock: list[datetime]
    code_name: str | None
    guest_profile: Mapping[str, object] | None
    guest_language: str | None
    guest_country: str | None
    guest_blocked_until: date | None
    guest_stays: int | None
    guest_last_stay: date | None
    guest_paid: dict[str, int] | None
    claimant: str | None


_COLUMNS = SQL(", ").join(map(Identifier, Item._fields[: Item._fields.index("code_name")]))


class Page(NamedTuple):
    items: list[Item]
    next: str | None


class Counts(NamedTuple):
    """How many feedbacks are in each folder, and in each category of the inbox."""

    folders: dict[Folder, int]
    categories: dict[Category, int]


def page(connection: Connection[TupleRow], asked: Asked, limit: int, cursor: str | None) -> Page:
    """One page, and the cursor of the next where there is one. Raises BadCursor."""
    place = place_of(asked, cursor) if cursor else {}
    with connection.cursor(row_factory=class_row(Item)) as rows:
        # Prepared, a statement would soon be planned without regard to its values.
        found = rows.execute(_list(asked, place), _values(asked, limit + 1) | place, prepare=False).fetchall()
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], written(getattr(last, key) for key in asked.keys))


def count(connection: Connection[TupleRow], asked: Asked) -> int:
    """How many feedbacks all pages have together."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        counted = SQL(" UNION ALL ").join(
            _COUNT.format(conditions=_all([*asked.conditions, some])) for some in asked.among
        )
        return sum(cursor.execute(counted, _values(asked, None), prepare=False))


def stream(connection: Connection[TupleRow], asked: Asked) -> Iterator[Item]:
    """All of the list, read as it is taken, in one transaction."""
    with connection.transaction(), connection.cursor("feedback", row_factory=class_row(Item)) as rows:
        rows.itersize = 1_000
        rows.execute(_list(asked, {}), _values(asked, None))
        yield from rows


def item_of(connection: Connection[TupleRow], recorded: Sequence[Recorded]) -> Item:
    """The feedback whose events these are, from the first on, as lists will show it once they know of all."""
    first, *rest = recorded
    if not isinstance(first.event, FeedbackRecorded):
        raise TypeError(f"a feedback does not begin with a {type(first.event).__name__}")
    row = reduce(evolve, rest, begun(first, first.event))._asdict()
    with connection.cursor(row_factory=dict_row) as cursor:
        names = cursor.execute(_ONE, row).fetchone() or {}
    words = {"words": json.loads(row["words"]) if row["words"] else None}
    return Item(**{name: value for name, value in (row | words | names).items() if name in Item._fields})


def counts(connection: Connection[TupleRow], properties: Mapping[UUID, object]) -> Counts:
    folders = dict.fromkeys(Folder, 0)
    categories = dict.fromkeys(Category, 0)
    rows = connection.execute(
        "SELECT folder, urgency, sum(feedbacks) FROM inbox.tally WHERE property = ANY(%s) GROUP BY folder, urgency",
        [list(properties)],
    )
    for folder, urgency, number in rows:
        folders[Folder(folder)] += int(number)
        if folder == Folder.INBOX:
            categories[CATEGORIES[urgency]] = int(number)
    return Counts(folders, categories)


def open_complaints(
    connection: Connection[TupleRow], organisation_id: UUID, property_id: UUID, room: str | None, guest_id: UUID | None
) -> list[UUID]:
    """What the same room or guest complained of and nobody has settled, oldest first."""
    rows = connection.execute(
        SQL(
            "SELECT feedback FROM inbox.feedback WHERE organisation = %(organisation)s AND property = %(property)s"
            " AND (room = %(room)s OR {}) AND kind = 'negative' AND resolved_at IS NULL AND folder = 'inbox'"
            " ORDER BY said_at, feedback"
        ).format(is_one_with(SQL("guest"), Placeholder("guest"))),
        {"organisation": organisation_id, "property": property_id, "room": room, "guest": guest_id},
    )
    return [feedback for (feedback,) in rows]


def complaining(connection: Connection[TupleRow], guest_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Those of the guests who have an unsettled complaint, each with a property where they have one."""
    rows = connection.execute(
        "SELECT DISTINCT guest, property FROM inbox.feedback"
        " WHERE guest = ANY(%b) AND kind = 'negative' AND resolved_at IS NULL AND folder = 'inbox'",
        [list(guest_ids)],
    )
    return {(guest, hotel) for guest, hotel in rows}


def _list(asked: Asked, place: Mapping[str, object]) -> Composed:
    keys = SQL(", ").join(Identifier("feedback", key) for key in asked.keys)
    after = [SQL("({}) < ({})").format(keys, SQL(", ").join(map(Placeholder, place)))] if place else []
    order = SQL(", ").join(SQL("{} DESC").format(Identifier("feedback", key)) for key in asked.keys)
    found = SQL(" UNION ALL ").join(
        _FOUND.format(columns=_COLUMNS, conditions=_all([*asked.conditions, *after, some]), order=order)
        for some in asked.among
    )
    return _LIST.format(names=_NAMES, kept_by_others=_KEPT_BY_OTHERS, found=found, order=order)


def _all(conditions: Sequence[Composable]) -> Composed:
    return SQL(" AND ").join(conditions)


def _values(asked: Asked, limit: int | None) -> dict[str, object]:
    """Without a limit, all."""
    among = {"properties": list(asked.properties), "since": list(asked.properties.values())}
    return {**among, **asked.values, "limit": limit}
