"""What opening hours can be, and what is refused of them."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.opening_hours import OpeningHours

Times = list[dict[str, object]]


def open_on(*times: tuple[str, str]) -> dict[str, Times]:
    return {"friday": [{"from": opens, "to": closes} for opens, closes in times]}


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {"friday": []},
        open_on(("08:00", "22:00")),
        open_on(("00:00", "24:00")),
        open_on(("23:59", "24:00")),
        open_on(("00:00", "06:00"), ("06:00", "06:01"), ("22:00", "24:00")),
    ],
)
def test_they_read_as_they_were_written(hours: dict[str, Times]) -> None:
    closed: dict[str, Times] = {day: [] for day in OpeningHours.model_fields}
    assert OpeningHours.model_validate(hours).model_dump(mode="json") == closed | hours


def test_times_of_a_day_come_in_order() -> None:
    hours = OpeningHours.model_validate(open_on(("19:00", "23:00"), ("12:00", "14:00")))
    assert [time.opens for time in hours.friday] == ["12:00", "19:00"]


def test_a_week_begins_on_monday() -> None:
    hours = OpeningHours.model_validate(
        {"sunday": [{"from": "20:30", "to": "24:00"}], "monday": [{"from": "00:00", "to": "01:15"}]}
    )
    assert hours.week() == [
        (timedelta(), timedelta(hours=1, minutes=15)),
        (timedelta(days=6, hours=20, minutes=30), timedelta(days=7)),
    ]


@pytest.mark.parametrize(
    ("times", "error", "place"),
    [
        ([{"from": "22:00", "to": "06:00"}], "hours_backwards", ("friday", 0)),
        ([{"from": "08:00", "to": "08:00"}], "hours_backwards", ("friday", 0)),
        ([{"from": "08:00", "to": "00:00"}], "hours_backwards", ("friday", 0)),
        ([{"from": "08:00", "to": "12:00"}, {"from": "11:59", "to": "14:00"}], "hours_overlap", ("friday",)),
        ([{"from": "09:00", "to": "10:00"}, {"from": "08:00", "to": "22:00"}], "hours_overlap", ("friday",)),
        ([{"from": "08:00", "to": "24:01"}], "string_pattern_mismatch", ("friday", 0, "to")),
        ([{"from": "24:00", "to": "24:00"}], "string_pattern_mismatch", ("friday", 0, "from")),
        ([{"from": "8:00", "to": "22:00"}], "string_pattern_mismatch", ("friday", 0, "from")),
        ([{"from": "٠٨:00", "to": "22:00"}], "string_pattern_mismatch", ("friday", 0, "from")),
        ([{"from": "08:00:00", "to": "22:00"}], "string_pattern_mismatch", ("friday", 0, "from")),
        ([{"from": "08:00\n", "to": "22:00"}], "string_pattern_mismatch", ("friday", 0, "from")),
        ([{"from": "08:00"}], "missing", ("friday", 0, "to")),
        ([{"from": f"{hour:02}:00", "to": f"{hour:02}:30"} for hour in range(13)], "too_long", ("friday",)),
    ],
)
def test_what_is_refused_is_pointed_at(times: Times, error: str, place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        OpeningHours.model_validate({"friday": times})
    [flaw] = refused.value.errors()
    assert (flaw["type"], flaw["loc"]) == (error, place)
