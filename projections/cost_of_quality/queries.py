"""The list of quality costs in the order of their recording, with what codes and items are called now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL, Composable, Placeholder

from projections.guest_list.survivors import is_one_with
from projections.settings.queries import START

_FILTERS: dict[str, Composable] = {
    "organisation_id": SQL("cost.organisation = %(organisation_id)s"),
    "among": SQL("cost.property = ANY(%(among)s)"),
    "property_id": SQL("cost.property = %(property_id)s"),
    "group": SQL(
        "cost.property IN (SELECT property FROM settings.property"
        " WHERE organisation = %(organisation_id)s AND settings->'groups' ? %(group)s)"
    ),
    "guest_id": is_one_with(SQL("cost.guest"), Placeholder("guest_id")),
    "code_id": SQL("cost.code = %(code_id)s"),
    "room": SQL("cost.room = %(room)s"),
    "day_from": SQL("cost.day >= %(day_from)s"),
    "day_before": SQL("cost.day < %(day_before)s"),
}
_PAGE = SQL("""
    SELECT cost.quality_cost AS id, cost.property AS property_id, day, cost.created_at, cost.code AS code_id,
        code.name AS code, room, guest AS guest_id, comment, currency, total, given.items
    FROM (
        SELECT * FROM cost_of_quality.quality_cost AS cost
        WHERE {filters}
        ORDER BY cost.quality_cost {order} LIMIT %(limit)s
    ) AS cost
    LEFT JOIN settings.code ON code.code = cost.code
    CROSS JOIN LATERAL (
        SELECT json_agg(
            json_build_object('item_id', item_id, 'item', name, 'quantity', quantity, 'unit_value', unit_value)
            ORDER BY place
        ) AS items
        FROM ROWS FROM (json_to_recordset(cost.items) AS (item_id uuid, quantity integer, unit_value bigint))
            WITH ORDINALITY AS given (item_id, quantity, unit_value, place)
        LEFT JOIN settings.cost_item ON cost_item.cost_item = item_id
    ) AS given
    ORDER BY cost.quality_cost {order}
""")


@dataclass(frozen=True)
class QualityCostQuery:
    """Which quality costs. A filter that is None lets all pass; `among` are the properties that the caller reaches.

    Days are the property's, from `day_from` on and before `day_before`.
    """

    organisation_id: UUID
    among: Collection[UUID] | None = None
    property_id: UUID | None = None
    group: str | None = None
    guest_id: UUID | None = None
    code_id: UUID | None = None
    room: str | None = None
    day_from: date | None = None
    day_before: date | None = None
    newest_first: bool = True


class Given(TypedDict):
    """An item given; `item` is what it is called now, `unit_value` in minor units, as it was then."""

    item_id: str
    item: str | None
    quantity: int
    unit_value: int


class QualityCostRow(NamedTuple):
    """`comment` is None once its subject was forgotten; `total` in minor units of the currency."""

    id: UUID
    property_id: UUID
    day: date
    created_at: datetime
    code_id: UUID | None
    code: str | None
    room: str | None
    guest_id: UUID | None
    comment: str | None
    currency: str
    total: int
    items: list[Given]


def quality_costs(
    connection: Connection[TupleRow], query: QualityCostQuery, after: UUID, limit: int
) -> list[QualityCostRow]:
    """At most so many after START or an id, in order; ids are UUIDv7, so theirs is the order of recording."""
    comes, order = (SQL("<"), SQL("DESC")) if query.newest_first else (SQL(">"), SQL("ASC"))
    among = None if query.among is None else list(query.among)
    values = vars(query) | {"among": among, "after": after, "limit": limit}
    filters = [condition for name, condition in _FILTERS.items() if values[name] is not None]
    if after != START:
        filters.append(SQL("cost.quality_cost {} %(after)s").format(comes))
    statement = _PAGE.format(filters=SQL(" AND ").join(filters), order=order)
    with connection.cursor(row_factory=class_row(QualityCostRow)) as cursor:
        # Prepared, a statement would soon be planned without regard to its values.
        return cursor.execute(statement, values, prepare=False).fetchall()
