"""What can be asked of the lake: which facts, and what they are grouped by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


class BadQuery(ValueError):
    """A report that cannot be; `field` names the parameter to mend, `expected` says what it could be."""

    def __init__(self, field: str, detail: str, expected: str) -> None:
        super().__init__(f"{detail}: {expected}")
        self.field = field
        self.expected = expected


@dataclass(frozen=True)
class Query:
    """Which facts of an organisation, by local days, both inclusive; a bound that is None is open.

    `among` are the properties to look at, None is all. `where` keeps the facts that have these values for keys, None
    being those that have none. `group_by` names dimensions.
    """

    organisation_id: UUID
    among: Collection[UUID] | None = None
    first: date | None = None
    last: date | None = None
    where: Mapping[str, str | UUID | None] = field(default_factory=dict)
    group_by: Sequence[str] = ()
