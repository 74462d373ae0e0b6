"""The envelope and the parameters that all lists share."""

from datetime import date
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from adapters.http.tables import Format
from domain.property import Group, Room

Item = TypeVar("Item")

PropertyFilter = Annotated[UUID | None, Field(description="Of this property.")]
GroupFilter = Annotated[Group | None, Field(description="Of the properties of this group.")]
RoomFilter = Annotated[Room | None, Field(description="About this room.")]
GuestFilter = Annotated[UUID | None, Field(description="About this guest.")]
CodeFilter = Annotated[UUID | None, Field(description="Under this code.")]
FromDay = Annotated[date | None, Field(alias="day[gte]", description="Local day of the property, inclusive.")]
BeforeDay = Annotated[date | None, Field(alias="day[lt]", description="Local day of the property, exclusive.")]


class ListQuery(BaseModel):
    """The query parameters of a list, as `query: Annotated[GuestQuery, Query()]`.

    A list subclasses it with its own `sort` (a Literal) and filters; those with an operator have an alias:
    `arrival_from: Annotated[date | None, Field(alias="arrival[gte]")] = None`. A parameter that the list does
    not have is refused, rather than a filter silently ignored for a slip of the pen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=200, description="How many items a page has at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=4000, description="`next` of the page before.")] = None
    count: Annotated[bool, Field(description="Whether to count all items, as `total`.")] = False
    format: Annotated[Format | None, Field(description="Overrides `Accept`. CSV and XLSX hold the whole list.")] = None


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next` is the cursor of the part that follows, null at the end."""

    items: list[Item]
    next: Annotated[str | None, Field(examples=["WyJMZWbDqHZyZSIsMTJd"])]
    total: Annotated[int | None, Field(exclude_if=lambda total: total is None, examples=[2000])] = None
