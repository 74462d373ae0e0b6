"""The catalogues: codes, cost items and employees of an organisation, switched on per property. Events, decisions."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.event import Event
from domain.money import Money
from domain.personal import Personal

Properties = tuple[UUID, ...] | None
"""Where an entry is switched on; None is everywhere."""


class CodeAdded(Event):
    """There is something more that feedback or a gift can be about."""

    organisation_id: UUID
    name: str
    properties: Properties = None


class CodeChanged(Event):
    """A code is called otherwise, or switched on elsewhere; what was recorded under it stays so."""

    name: str
    properties: Properties = None


class CodeRetired(Event):
    """Nothing new is recorded under the code."""


class CostItemAdded(Event):
    """There is something more that can be given; a property with another currency states the value each time."""

    organisation_id: UUID
    name: str
    unit_value: Money
    properties: Properties = None


class CostItemChanged(Event):
    """A cost item is called, valued or switched on otherwise; what was given keeps its value."""

    name: str
    unit_value: Money
    properties: Properties = None


class CostItemRetired(Event):
    """The item is not given any more."""


class EmployeeDetails(BaseModel):
    """Who a member of the staff is, and where mail reaches them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    email: str | None = None


class EmployeeAdded(Event):
    """Somebody works for the organisation; their details are sealed under a key of their own."""

    organisation_id: UUID
    details: Personal[EmployeeDetails]
    properties: Properties = None


class EmployeeChanged(Event):
    """An employee is called, reached or employed otherwise."""

    details: Personal[EmployeeDetails]
    properties: Properties = None


class EmployeeRetired(Event):
    """Somebody works here no more; what was recorded of their work stays."""
