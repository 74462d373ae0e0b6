"""The query parameters of reports, and which facts they ask the lake for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from adapters.bootstrap import Hote
from adapters.http.paging import GroupFilter
from adapters.http.tables import Format
from application.caller import Caller
from domain.feedback import Kind, Origin
from domain.label import Label
from domain.property import Room
from projections.lake.query import Query
from projections.settings.properties import property_clocks

NONE = "none"

KEYS = {
    "kind": "kind",
    "origin": "origin",
    "portal": "portal",
    "code_id": "code",
    "item_id": "item",
    "room": "room",
    "employee_id": "employee",
}
"""The parameters that ask for the value of a key."""

OrNone = Annotated[UUID | Literal["none"] | None, Field(description="`none` is what has none.")]


class Filters(BaseModel):
    """Which facts; a parameter that is left out lets all pass. One that a report does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: Annotated[date | None, Field(alias="from", description="Local day of the property, inclusive.")] = None
    last: Annotated[date | None, Field(alias="to", description="Local day of the property, inclusive.")] = None
    month: Annotated[
        str | None, Field(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", examples=["2026-03"], description="Days of it only.")
    ] = None
    property_id: Annotated[list[UUID], Field(max_length=1000, description="Of these properties.")] = []
    group: GroupFilter = None
    code_id: OrNone = None
    room: Annotated[Room | None, Field(description="`none` is what has none.")] = None
    format: Annotated[Format | None, Field(description="Overrides `Accept`.")] = None

    @field_validator("last")
    @classmethod
    def _not_before_the_first(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("first")
        if first and last and last < first:
            raise PydanticCustomError("before_from", "before from")
        return last

    def asked(self, hote: Hote, caller: Caller, group_by: Sequence[str] = ()) -> Query:
        """The filters as the lake has them, no further than the caller's properties."""
        first, last = self.first, self.last
        if self.month:
            begins = date.fromisoformat(f"{self.month}-01")
            ends = (begins + timedelta(31)).replace(day=1) - timedelta(1)
            first, last = max(first or begins, begins), min(last or ends, ends)
        return Query(caller.organisation_id, self._among(hote, caller), first, last, self._where(), group_by)

    def _among(self, hote: Hote, caller: Caller) -> frozenset[UUID] | None:
        among = caller.properties
        if self.group is not None:
            with hote.pool.connection() as connection:
                among = frozenset(property_clocks(connection, caller.organisation_id, among=among, group=self.group))
        if self.property_id:
            among = frozenset(self.property_id) if among is None else among.intersection(self.property_id)
        return among

    def _where(self) -> Mapping[str, str | UUID | None]:
        values = self.model_dump(include=set(KEYS), exclude_none=True)
        return {KEYS[name]: None if value == NONE else value for name, value in values.items()}


class ReportQuery(Filters):
    group_by: Annotated[
        str, Field(max_length=100, description="One or two dimensions, with a comma between.", examples=["code,month"])
    ] = ""

    @property
    def dimensions(self) -> list[str]:
        return [name.strip() for name in self.group_by.split(",")] if self.group_by else []


class FactsQuery(Filters):
    limit: Annotated[int, Field(ge=1, le=200, description="How many rows a page has at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=4000, description="`next` of the page before.")] = None


class CustomerRelationsFilters(Filters):
    employee_id: OrNone = None
    kind: Kind | None = None
    origin: Origin | None = None
    portal: Annotated[Label | None, Field(max_length=60, description="`none` is what has none.")] = None


class ComplaintCostsFilters(Filters):
    employee_id: OrNone = None
    item_id: UUID | None = None


class QualityCostsFilters(Filters):
    item_id: UUID | None = None
    origin: Literal["quality_cost", "praise", "complaint"] | None = None
    include: Annotated[
        Literal["complaints"] | None, Field(description="Adds what complaints got, told apart by `origin`.")
    ] = None


class CustomerRelationsQuery(CustomerRelationsFilters, ReportQuery): ...


class CustomerRelationsFacts(CustomerRelationsFilters, FactsQuery): ...


class ComplaintCostsQuery(ComplaintCostsFilters, ReportQuery): ...


class ComplaintCostsFacts(ComplaintCostsFilters, FactsQuery): ...


class QualityCostsQuery(QualityCostsFilters, ReportQuery): ...


class QualityCostsFacts(QualityCostsFilters, FactsQuery): ...
