"""Lists of companies and occasions in the order of their creation, a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL

from domain.party import P
from projections.settings.queries import page_of


class PartyRow(NamedTuple, Generic[P]):
    id: UUID
    version: int
    created_at: datetime
    settings: P


@dataclass(frozen=True)
class PartyQuery:
    """`among` keeps occasions at these properties, None gives all; companies are everywhere."""

    organisation_id: UUID
    among: Collection[UUID] | None = None
    newest_first: bool = False


def parties(
    connection: Connection[TupleRow], kind: type[P], query: PartyQuery, after: UUID, limit: int
) -> list[PartyRow[P]]:
    among = None if query.among is None else list(query.among)
    rows = connection.execute(
        SQL(
            "SELECT party, version, created_at, settings FROM settings.party WHERE organisation = %s AND kind = %s"
            " AND (%s::uuid[] IS NULL OR property IS NULL OR property = ANY(%s)) AND settings IS NOT NULL AND {}"
        ).format(page_of("party", query.newest_first)),
        [query.organisation_id, kind.__name__, among, among, after, after, limit],
    )
    return [PartyRow(id_, version, at, kind.model_validate(settings)) for id_, version, at, settings in rows]
