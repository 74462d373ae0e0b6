"""What employees are called, for answers from the lake, which holds their ids only."""

from collections.abc import Mapping
from uuid import UUID

from adapters.bootstrap import Hote
from projections.settings.queries import START, CatalogueQuery, employees

ALL = 1_000_000


def employee_names(hote: Hote, organisation_id: UUID) -> Mapping[UUID, str | None]:
    """Also of those who work there no more; None where nobody can read the name any more."""
    queries = [CatalogueQuery(organisation_id, retired=retired) for retired in (False, True)]
    with hote.pool.connection() as connection:
        return {row.id: row.name for query in queries for row in employees(connection, query, START, ALL)}
