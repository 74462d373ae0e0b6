"""Parties to reservations besides the guest: companies, and occasions such as a wedding. Events, state, decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Generic, Self, TypedDict, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.event import Event
from domain.label import Label
from domain.personal import Personal
from domain.refusal import Refusal


class CompanySettings(BaseModel):
    """What a company is called, and the guest to whom messages about its reservations go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Label, Field(max_length=200)]
    contact_person_id: UUID | None = None


class OccasionSettings(CompanySettings):
    """What several reservations at a property are for, from one day until another, in the property's calendar."""

    property_id: UUID
    begins_on: date
    ends_on: date
    company_id: UUID | None = None

    @model_validator(mode="after")
    def it_ends_after_it_begins(self) -> Self:
        if self.ends_on < self.begins_on:
            raise PydanticCustomError("ends_before_it_begins", "the last day lies before the first")
        return self


class CompanyAdded(Event):
    """A company books for guests. Its name can be a person's, so all of it is sealed under a key of its own."""

    organisation_id: UUID
    settings: Personal[CompanySettings]


class CompanyChanged(Event):
    """A company is called otherwise, or has another contact person; its settings are given whole."""

    settings: Personal[CompanySettings]


class OccasionAdded(Event):
    """There is something for which several come. Couples give their names to it, so it is sealed as a company is."""

    organisation_id: UUID
    settings: Personal[OccasionSettings]


class OccasionChanged(Event):
    """An occasion is called otherwise, on other days, or of somebody else; its settings are given whole."""

    settings: Personal[OccasionSettings]


PartyEvent = CompanyAdded | CompanyChanged | OccasionAdded | OccasionChanged


class PartyUnknown(Refusal):
    """There is no such company or occasion in this organisation, or not for this caller."""

    code = "not-found"


P = TypeVar("P", bound=CompanySettings)


@dataclass(frozen=True)
class Party(Generic[P]):
    """A company or an occasion as its events tell it."""

    id: UUID
    version: int
    organisation_id: UUID
    settings: P


def fold(kind: type[P], events: Iterable[Event]) -> Party[P] | None:
    """None for a stream that is not of this kind, and for a party that nobody can read any more."""
    party: Party[P] | None = None
    for event in events:
        if not isinstance(event, PartyEvent) or type(event.settings) is not kind:
            return None
        if isinstance(event, CompanyAdded | OccasionAdded):
            party = Party(event.originator_id, event.originator_version, event.organisation_id, event.settings)
        elif party:
            party = replace(party, version=event.originator_version, settings=event.settings)
    return party


def add(party_id: UUID, organisation_id: UUID, settings: CompanySettings | OccasionSettings) -> list[PartyEvent]:
    place = _Place(originator_id=party_id, originator_version=1)
    if isinstance(settings, OccasionSettings):
        return [OccasionAdded(**place, organisation_id=organisation_id, settings=settings)]
    return [CompanyAdded(**place, organisation_id=organisation_id, settings=settings)]


def change(party: Party[P], settings: P) -> list[PartyEvent]:
    """Nothing when nothing is different."""
    if settings == party.settings:
        return []
    place = _Place(originator_id=party.id, originator_version=party.version + 1)
    if isinstance(settings, OccasionSettings):
        return [OccasionChanged(**place, settings=settings)]
    return [CompanyChanged(**place, settings=settings)]


class _Place(TypedDict):
    originator_id: UUID
    originator_version: int
