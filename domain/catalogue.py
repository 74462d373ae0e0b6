"""The catalogues: codes, cost items and employees, switched on per property. Events, state, decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Generic, TypedDict, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.event import Event
from domain.label import Label
from domain.money import Money
from domain.personal import Personal
from domain.property import Email
from domain.refusal import Refusal

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


CatalogueEvent = (
    CodeAdded
    | CodeChanged
    | CodeRetired
    | CostItemAdded
    | CostItemChanged
    | CostItemRetired
    | EmployeeAdded
    | EmployeeChanged
    | EmployeeRetired
)


class EntryUnknown(Refusal):
    """There is no such entry in this organisation's catalogue, or not for this caller."""

    code = "not-found"


class EntryRetired(Refusal):
    """The entry is retired, and stays as it is."""

    code = "retired"


class EntrySettings(BaseModel):
    """What is set for an entry of any catalogue; `properties` are where it is switched on, None is everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    properties: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1000)] | None = None


class CodeSettings(EntrySettings):
    name: Annotated[Label, Field(max_length=100)]


class CostItemSettings(EntrySettings):
    name: Annotated[Label, Field(max_length=100)]
    unit_value: Money


class EmployeeSettings(EntrySettings):
    name: Annotated[Label, Field(max_length=200)]
    email: Email | None = None

    @property
    def details(self) -> EmployeeDetails:
        return EmployeeDetails(name=self.name, email=self.email)


S = TypeVar("S", bound=CodeSettings | CostItemSettings | EmployeeSettings)


@dataclass(frozen=True)
class Entry(Generic[S]):
    """An entry as its events tell it."""

    id: UUID
    version: int
    organisation_id: UUID
    settings: S
    retired: bool = False

    def switched_on(self, property_id: UUID) -> bool:
        return self.settings.properties is None or property_id in self.settings.properties


def fold(kind: type[S], events: Iterable[Event]) -> Entry[S] | None:
    """None for a stream that is not of this kind, and for an employee whose details nobody can read any more."""
    entry: Entry[S] | None = None
    for event in events:
        match event:
            case CodeAdded() | CostItemAdded() | EmployeeAdded():
                settings = _told(event)
                if not isinstance(settings, kind):
                    return None
                entry = Entry(event.originator_id, event.originator_version, event.organisation_id, settings)
            case CodeChanged() | CostItemChanged() | EmployeeChanged() if entry:
                settings = _told(event)
                if not isinstance(settings, kind):
                    return None
                entry = replace(entry, version=event.originator_version, settings=settings)
            case CodeRetired() | CostItemRetired() | EmployeeRetired() if entry:
                entry = replace(entry, version=event.originator_version, retired=True)
            case _:
                return None
    return entry


def _told(
    event: CodeAdded | CodeChanged | CostItemAdded | CostItemChanged | EmployeeAdded | EmployeeChanged,
) -> CodeSettings | CostItemSettings | EmployeeSettings | None:
    match event:
        case CodeAdded() | CodeChanged():
            return CodeSettings(name=event.name, properties=event.properties)
        case CostItemAdded() | CostItemChanged():
            return CostItemSettings(name=event.name, unit_value=event.unit_value, properties=event.properties)
        case EmployeeAdded() | EmployeeChanged():
            if event.details is None:
                return None
            return EmployeeSettings(**dict(event.details), properties=event.properties)


def add(
    entry_id: UUID, organisation_id: UUID, settings: CodeSettings | CostItemSettings | EmployeeSettings
) -> list[CatalogueEvent]:
    place = _Place(originator_id=entry_id, originator_version=1)
    match settings:
        case CodeSettings():
            return [CodeAdded(**place, organisation_id=organisation_id, **dict(settings))]
        case CostItemSettings():
            return [CostItemAdded(**place, organisation_id=organisation_id, **dict(settings))]
        case EmployeeSettings(details=details, properties=properties):
            return [EmployeeAdded(**place, organisation_id=organisation_id, details=details, properties=properties)]


def change(entry: Entry[S], settings: S) -> list[CatalogueEvent]:
    """Nothing when nothing is different. Raises EntryRetired."""
    if entry.retired:
        raise EntryRetired("It is retired and cannot be changed any more: add another.")
    if settings == entry.settings:
        return []
    place = _Place(originator_id=entry.id, originator_version=entry.version + 1)
    match settings:
        case CodeSettings():
            return [CodeChanged(**place, **dict(settings))]
        case CostItemSettings():
            return [CostItemChanged(**place, **dict(settings))]
        case EmployeeSettings(details=details, properties=properties):
            return [EmployeeChanged(**place, details=details, properties=properties)]


def retire(entry: Entry[S]) -> list[CatalogueEvent]:
    """Nothing when it is retired already."""
    if entry.retired:
        return []
    place = _Place(originator_id=entry.id, originator_version=entry.version + 1)
    match entry.settings:
        case CodeSettings():
            return [CodeRetired(**place)]
        case CostItemSettings():
            return [CostItemRetired(**place)]
        case EmployeeSettings():
            return [EmployeeRetired(**place)]


class _Place(TypedDict):
    originator_id: UUID
    originator_version: int
