"""A stay: a time that a guest spends, or is to spend, at a property; and what all of a guest's come to."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.money import Money
from domain.ties import Ties


class Stay(BaseModel):
    """A time in a room, dates in the property's calendar; either date can be unknown.

    Several rooms at one time are a stay each, and counted as one. It is `realised` from the day on which it begins, or
    when the guest has checked in before. `reservation_id` is the reservation that it was booked by, None where a person
    or a list told of it, and `paid` what was paid for that, told with the first of its rooms.
    """

    model_config = ConfigDict(frozen=True)

    property_id: UUID
    arrival: date | None = None
    departure: date | None = None
    room: str | None = None
    reservation_id: UUID | None = None
    paid: Money | None = None
    realised: bool = False
    ties: Ties | None = None
    """Who is behind the reservation besides the guest, where anybody is."""

    @property
    def begins(self) -> date | None:
        """The day of arrival; where that is unknown, the day of departure must do."""
        return self.arrival or self.departure

    @property
    def nights(self) -> int:
        """0 where either date is unknown."""
        return (self.departure - self.arrival).days if self.arrival and self.departure else 0

    def as_of(self, today: date) -> "Stay":
        """As it is on a day of the property's calendar. What was told without dates was not told as still to come."""
        return self.model_copy(update={"realised": self.begins is None or self.begins <= today})


class Figures(NamedTuple):
    """What a guest's stays come to. Of what was cancelled, or who did not show up, there is no stay.

    `stays` and `nights` are of those realised, several rooms at one time once. `total_paid` includes what was paid
    ahead, by currency. The last stay is the latest of those realised; of who never stayed, the latest to come.
    """

    stays: int = 0
    nights: int = 0
    last_stay: date | None = None
    last_rooms: tuple[str, ...] = ()
    total_paid: Mapping[str, int] = MappingProxyType({})
    """Minor units."""


def figures(stays: Iterable[Stay]) -> Figures:
    known = list(stays)
    realised: dict[tuple[UUID, date | None], int] = {}
    paid: dict[str, int] = {}
    for stay in known:
        if stay.realised:
            at = (stay.property_id, stay.begins)
            realised[at] = max(realised.get(at, 0), stay.nights)
        if stay.paid:
            paid[stay.paid.currency] = paid.get(stay.paid.currency, 0) + stay.paid.amount
    # The property, so that of two that begin on one day it is always the same.
    last = max(known, key=lambda each: (each.realised, each.begins or date.min, each.property_id), default=None)
    together = [each for each in known if last and (each.property_id, each.begins) == (last.property_id, last.begins)]
    return Figures(
        stays=len(realised),
        nights=sum(realised.values()),
        last_stay=last.begins if last else None,
        last_rooms=tuple(sorted({each.room for each in together if each.room})),
        total_paid=dict(sorted(paid.items())),
    )


def same_stay(stay: Stay, other: Stay) -> bool:
    """Whether both tell of one stay: same property, same arrival (or, where one lacks it, departure), no two rooms."""
    if stay.property_id != other.property_id or (stay.room and other.room and stay.room != other.room):
        return False
    if stay.arrival and other.arrival:
        return stay.arrival == other.arrival
    return stay.departure == other.departure
