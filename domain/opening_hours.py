"""When a property handles feedback: times of each weekday, by the clocks on its walls."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

DAY = timedelta(days=1)
HOUR_AND_MINUTE = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class OpenTime(BaseModel):
    """From one time of a day to a later one of the same day, at the latest 24:00.

    A night is written as two: to 24:00, and from 00:00 on the next day. So each weekday says by itself when it is open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    opens: str = Field(alias="from", pattern=f"^{HOUR_AND_MINUTE}$", examples=["08:00"])
    closes: str = Field(alias="to", pattern=f"^({HOUR_AND_MINUTE}|24:00)$", examples=["22:00"])

    @model_validator(mode="after")
    def closes_after_it_opens(self) -> "OpenTime":
        if self.closes <= self.opens:
            raise PydanticCustomError("hours_backwards", "the end must come after the beginning, on the same day")
        return self


def one_after_another(times: tuple[OpenTime, ...]) -> tuple[OpenTime, ...]:
    in_order = sorted(times, key=lambda time: time.opens)
    if any(later.opens < earlier.closes for earlier, later in pairwise(in_order)):
        raise PydanticCustomError("hours_overlap", "two times of a day overlap")
    return tuple(in_order)


OpenDay = Annotated[tuple[OpenTime, ...], AfterValidator(one_after_another), Field(max_length=12)]


class OpeningHours(BaseModel):
    """The open times of each weekday; closed on a weekday that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    monday: OpenDay = ()
    tuesday: OpenDay = ()
    wednesday: OpenDay = ()
    thursday: OpenDay = ()
    friday: OpenDay = ()
    saturday: OpenDay = ()
    sunday: OpenDay = ()

    def week(self) -> list[tuple[timedelta, timedelta]]:
        """Every open time of a week, as what the clock shows since the midnight that began Monday."""
        days = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)
        return [
            (number * DAY + since_midnight(time.opens), number * DAY + since_midnight(time.closes))
            for number, times in enumerate(days)
            for time in times
        ]


def since_midnight(time: str) -> timedelta:
    hour, minute = time.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
