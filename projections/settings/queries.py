"""Lists of an organisation's properties, keys and catalogues in the order of their creation, a page at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple, TypeVar
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL, Composed, Identifier
from psycopg_pool import ConnectionPool

from domain.property import PropertySettings

START = UUID(int=0)

Row = TypeVar("Row")


class PropertyRow(NamedTuple):
    id: UUID
    version: int
    created_at: datetime
    settings: PropertySettings


class KeyRow(NamedTuple):
    id: UUID
    name: str
    role: str
    properties: list[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class CodeRow(NamedTuple):
    id: UUID
    version: int
    created_at: datetime
    name: str
    properties: list[UUID] | None
    retired: bool


class CostItemRow(NamedTuple):
    """`amount` in minor units of the currency."""

    id: UUID
    version: int
    created_at: datetime
    name: str
    amount: int
    currency: str
    properties: list[UUID] | None
    retired: bool


class EmployeeRow(NamedTuple):
    """`name` and `email` are None where nobody can read them any more."""

    id: UUID
    version: int
    created_at: datetime
    name: str | None
    email: str | None
    properties: list[UUID] | None
    retired: bool


@dataclass(frozen=True)
class CatalogueQuery:
    """Which entries of a catalogue: those retired, or those in use.

    `property_id` keeps what is switched on there. `among` keeps what is switched on at any of these properties, None
    gives all.
    """

    organisation_id: UUID
    retired: bool = False
    property_id: UUID | None = None
    among: Collection[UUID] | None = None
    newest_first: bool = False


def properties(
    connection: Connection[TupleRow],
    organisation_id: UUID,
    *,
    among: Collection[UUID] | None = None,
    group: str | None = None,
    newest_first: bool = False,
    after: UUID = START,
    limit: int = 200,
) -> list[PropertyRow]:
    """`among` None gives all."""
    rows = connection.execute(
        SQL(
            "SELECT property, version, created_at, settings FROM settings.property"
            " WHERE organisation = %s AND (%s::uuid[] IS NULL OR property = ANY(%s))"
            " AND (%s::text IS NULL OR settings->'groups' ? %s) AND {}"
        ).format(page_of("property", newest_first)),
        [organisation_id, _list(among), _list(among), group, group, after, after, limit],
    )
    return [PropertyRow(row[0], row[1], row[2], PropertySettings.model_validate(row[3])) for row in rows]


def keys(
    connection: Connection[TupleRow],
    organisation_id: UUID,
    *,
    among: Collection[UUID] | None = None,
    newest_first: bool = False,
    after: UUID = START,
    limit: int = 200,
) -> list[KeyRow]:
    """`among` keeps those that reach no further than these properties; None gives all."""
    with connection.cursor(row_factory=class_row(KeyRow)) as cursor:
        return cursor.execute(
            SQL(
                "SELECT api_key AS id, name, role, properties, created_at, expires_at, revoked_at FROM settings.api_key"
                " WHERE organisation = %s AND (%s::uuid[] IS NULL OR properties <@ %s) AND {}"
            ).format(page_of("api_key", newest_first)),
            [organisation_id, _list(among), _list(among), after, after, limit],
        ).fetchall()


def codes(connection: Connection[TupleRow], query: CatalogueQuery, after: UUID, limit: int) -> list[CodeRow]:
    with connection.cursor(row_factory=class_row(CodeRow)) as cursor:
        return _entries(cursor, "code", "name, properties, retired", query, after, limit)


def cost_items(connection: Connection[TupleRow], query: CatalogueQuery, after: UUID, limit: int) -> list[CostItemRow]:
    with connection.cursor(row_factory=class_row(CostItemRow)) as cursor:
        return _entries(cursor, "cost_item", "name, amount, currency, properties, retired", query, after, limit)


def employees(connection: Connection[TupleRow], query: CatalogueQuery, after: UUID, limit: int) -> list[EmployeeRow]:
    with connection.cursor(row_factory=class_row(EmployeeRow)) as cursor:
        return _entries(cursor, "employee", "name, email, properties, retired", query, after, limit)


def _entries(
    cursor: Cursor[Row], table: LiteralString, columns: LiteralString, query: CatalogueQuery, after: UUID, limit: int
) -> list[Row]:
    among = _list(query.among)
    statement = SQL(
        "SELECT {id} AS id, version, created_at, {columns} FROM settings.{id} WHERE organisation = %s AND retired = %s"
        " AND (%s::uuid IS NULL OR properties IS NULL OR %s = ANY(properties))"
        " AND (%s::uuid[] IS NULL OR properties IS NULL OR properties && %s) AND {page}"
    ).format(id=Identifier(table), columns=SQL(columns), page=page_of(table, query.newest_first))
    parameters = [query.organisation_id, query.retired, query.property_id, query.property_id, among, among]
    return cursor.execute(statement, [*parameters, after, after, limit]).fetchall()


def employee_names(pool: ConnectionPool[Connection[TupleRow]], organisation_id: UUID) -> Mapping[UUID, str | None]:
    """By id, also of those who work there no more; None where nobody can read the name any more."""
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT employee, name FROM settings.employee WHERE organisation = %s", [organisation_id]
        )
        return dict(rows.fetchall())


def default_country(
    connection: Connection[TupleRow], organisation_id: UUID, among: Collection[UUID] | None
) -> str | None:
    """The oldest property's; None where there is none."""
    first = properties(connection, organisation_id, among=among, limit=1)
    return first[0].settings.country if first else None


def page_of(id_: str, newest_first: bool) -> Composed:
    """Those after START or an id, in order; ids are UUIDv7, so theirs is the order of creation."""
    comes, order = ("<", "DESC") if newest_first else (">", "ASC")
    return SQL(
        "(%s = '00000000-0000-0000-0000-000000000000' OR {id} {comes} %s) ORDER BY {id} {order} LIMIT %s"
    ).format(id=Identifier(id_), comes=SQL(comes), order=SQL(order))


def _list(ids: Collection[UUID] | None) -> list[UUID] | None:
    return None if ids is None else list(ids)
