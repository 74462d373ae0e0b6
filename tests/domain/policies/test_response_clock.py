"""How long feedback has waited within opening hours, where clocks are put forward and back: tables of cases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.opening_hours import OpeningHours
from domain.policies.response_clock import elapsed

PARIS, LISBON, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/Lisbon"), ZoneInfo("America/New_York")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE = timedelta(minutes=1)


def every_day(*times: tuple[str, str]) -> OpeningHours:
    return OpeningHours.model_validate({day: [{"from": f, "to": t} for f, t in times] for day in WEEKDAYS})


ALWAYS = every_day(("00:00", "24:00"))
BY_DAY = every_day(("08:00", "22:00"))
BY_NIGHT = every_day(("00:00", "06:00"), ("22:00", "24:00"))
LUNCH_AND_DINNER = every_day(("12:00", "14:30"), ("19:00", "23:00"))
OFFICE = OpeningHours.model_validate({day: [{"from": "09:00", "to": "17:00"}] for day in WEEKDAYS[:5]})
MONDAYS = OpeningHours.model_validate({"monday": [{"from": "09:00", "to": "10:00"}]})


def local(text: str, zone: ZoneInfo) -> datetime:
    """A local time; with `*`, its second occurrence."""
    return datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=zone, fold=text.endswith("*"))


@pytest.mark.parametrize(
    ("hours", "zone", "begin", "end", "expected"),
    [
        # an ordinary summer; 2025-07-07 is a Monday
        (BY_DAY, PARIS, "2025-07-07T10:00", "2025-07-07T10:00", "0:00"),
        (BY_DAY, PARIS, "2025-07-07T10:00", "2025-07-07T12:30", "2:30"),
        (BY_DAY, PARIS, "2025-07-07T06:00", "2025-07-07T09:00", "1:00"),
        (BY_DAY, PARIS, "2025-07-07T21:00", "2025-07-08T09:00", "2:00"),
        (BY_DAY, PARIS, "2025-07-07T22:00", "2025-07-08T08:00", "0:00"),
        (BY_DAY, PARIS, "2025-07-07T00:00", "2025-07-14T00:00", "98:00"),
        (BY_NIGHT, PARIS, "2025-07-07T21:00", "2025-07-08T07:00", "8:00"),
        (LUNCH_AND_DINNER, PARIS, "2025-07-07T13:00", "2025-07-07T20:00", "2:30"),
        (OFFICE, PARIS, "2025-07-04T16:00", "2025-07-07T10:00", "2:00"),
        (OFFICE, PARIS, "2025-07-05T00:00", "2025-07-07T00:00", "0:00"),
        (MONDAYS, PARIS, "2025-07-07T09:30", "2025-07-21T09:30", "2:00"),
        (OpeningHours(), PARIS, "2025-07-07T00:00", "2026-07-07T00:00", "0:00"),
        # clocks go forward: 02:00 to 03:00 is left out in Paris, 01:00 to 02:00 in Lisbon, 02:00 in New York
        (ALWAYS, PARIS, "2025-03-30T00:00", "2025-03-31T00:00", "23:00"),
        (BY_NIGHT, PARIS, "2025-03-29T22:00", "2025-03-30T06:00", "7:00"),
        (every_day(("02:00", "03:00")), PARIS, "2025-03-30T00:00", "2025-03-31T00:00", "0:00"),
        (every_day(("02:30", "03:30")), PARIS, "2025-03-30T00:00", "2025-03-31T00:00", "0:30"),
        (BY_DAY, PARIS, "2025-03-30T00:00", "2025-03-31T00:00", "14:00"),
        (BY_NIGHT, LISBON, "2025-03-29T22:00", "2025-03-30T06:00", "7:00"),
        (every_day(("01:00", "02:00")), LISBON, "2025-03-30T00:00", "2025-03-31T00:00", "0:00"),
        (every_day(("02:00", "03:00")), NEW_YORK, "2025-03-09T00:00", "2025-03-10T00:00", "0:00"),
        (every_day(("02:00", "03:00")), NEW_YORK, "2025-03-30T00:00", "2025-03-31T00:00", "1:00"),
        # clocks go back: 02:00 to 03:00 comes twice in Paris, 01:00 to 02:00 in Lisbon and New York
        (ALWAYS, PARIS, "2025-10-26T00:00", "2025-10-27T00:00", "25:00"),
        (BY_NIGHT, PARIS, "2025-10-25T22:00", "2025-10-26T06:00", "9:00"),
        (every_day(("02:00", "03:00")), PARIS, "2025-10-26T00:00", "2025-10-27T00:00", "2:00"),
        (every_day(("02:00", "03:00")), PARIS, "2025-10-26T02:30", "2025-10-26T02:30*", "1:00"),
        (every_day(("02:00", "02:30")), PARIS, "2025-10-26T02:15", "2025-10-26T02:15*", "0:30"),
        (BY_DAY, PARIS, "2025-10-26T00:00", "2025-10-27T00:00", "14:00"),
        (every_day(("01:00", "02:00")), LISBON, "2025-10-26T00:00", "2025-10-27T00:00", "2:00"),
        (every_day(("01:00", "02:00")), NEW_YORK, "2025-11-02T00:00", "2025-11-03T00:00", "2:00"),
        # years, with as many changes forward as back
        (BY_DAY, PARIS, "2015-01-01T00:00", "2025-01-01T00:00", f"{3653 * 14}:00"),
        (every_day(("02:00", "03:00")), PARIS, "2015-01-01T00:00", "2025-01-01T00:00", "3653:00"),
        # half an hour of summer time, and a day that was left out
        (ALWAYS, ZoneInfo("Australia/Lord_Howe"), "2025-10-05T00:00", "2025-10-06T00:00", "23:30"),
        (BY_DAY, ZoneInfo("Pacific/Apia"), "2011-12-29T00:00", "2012-01-01T00:00", "28:00"),
    ],
)
def test_what_counts_between_two_local_times(
    hours: OpeningHours, zone: ZoneInfo, begin: str, end: str, expected: str
) -> None:
    whole, minutes = expected.split(":")
    spent = elapsed(hours, zone, [(local(begin, zone), local(end, zone))], now=datetime(2030, 1, 1, tzinfo=UTC))
    assert spent == timedelta(hours=int(whole), minutes=int(minutes))


def test_time_on_hold_is_left_out_and_an_open_end_is_now() -> None:
    day = "2025-07-07T"
    spans = [
        (local(day + "09:00", PARIS), local(day + "10:00", PARIS)),
        (local(day + "15:00", PARIS), None),
    ]
    assert elapsed(BY_DAY, PARIS, spans, now=local(day + "15:20", PARIS)) == timedelta(minutes=80)


def test_without_hours_all_time_counts_whatever_the_clocks_do() -> None:
    begin, end = local("2025-10-26T00:00", PARIS), local("2025-10-27T00:00", PARIS)
    assert elapsed(None, PARIS, [(begin, None)], now=end) == timedelta(hours=25)


def test_what_has_not_begun_yet_is_nothing() -> None:
    begin = local("2025-07-07T10:00", PARIS)
    assert elapsed(BY_DAY, PARIS, [(begin, None)], now=begin - MINUTE) == timedelta()
    assert elapsed(None, PARIS, [(begin, None)], now=begin - MINUTE) == timedelta()


def test_seconds_count() -> None:
    begin = local("2025-07-07T07:59:58.5", PARIS)
    assert elapsed(BY_DAY, PARIS, [(begin, begin + timedelta(seconds=3))], now=begin) == timedelta(seconds=1.5)


def test_a_change_at_the_turn_of_the_year_is_seen() -> None:
    """Niger put its clocks forward by an hour as 1960 began: 23:59 was followed by 01:00."""
    begin, end = datetime(1959, 12, 31, 22, tzinfo=UTC), datetime(1960, 1, 1, 2, tzinfo=UTC)
    first_hour = every_day(("00:00", "01:00"))
    assert elapsed(first_hour, ZoneInfo("Africa/Niamey"), [(begin, end)], now=end) == timedelta()


times = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=4, unique=True).map(sorted)


@st.composite
def opening_hours(draw: st.DrawFn) -> OpeningHours:
    week = {}
    for day in WEEKDAYS:
        edges = [f"{minute // 60:02}:{minute % 60:02}" for minute in draw(times)]
        week[day] = [{"from": f, "to": t} for f, t in zip(edges[::2], edges[1::2], strict=False)]
    return OpeningHours.model_validate(week)


CHANGES = [
    datetime(2025, 3, 30, 1, tzinfo=UTC),
    datetime(2025, 10, 26, 1, tzinfo=UTC),
    datetime(2025, 3, 9, 7, tzinfo=UTC),
    datetime(2025, 11, 2, 6, tzinfo=UTC),
    datetime(2025, 12, 31, 23, tzinfo=UTC),
]


@settings(deadline=None)
@given(
    opening_hours(),
    st.sampled_from([PARIS, LISBON, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]),
    st.sampled_from(CHANGES),
    st.integers(-2 * 24 * 60, 2 * 24 * 60),
    st.integers(0, 3 * 24 * 60),
)
@example(BY_NIGHT, PARIS, CHANGES[1], -300, 600)
def test_it_is_what_somebody_counts_who_looks_at_the_clock_every_minute(
    hours: OpeningHours, zone: ZoneInfo, change: datetime, shift: int, length: int
) -> None:
    begin = change + shift * MINUTE
    open_minutes = 0
    for number in range(length):
        clock = (begin + number * MINUTE).astimezone(zone)
        shown = f"{clock:%H:%M}"
        today = getattr(hours, WEEKDAYS[clock.weekday()])
        open_minutes += any(time.opens <= shown < time.closes for time in today)
    assert elapsed(hours, zone, [(begin, begin + length * MINUTE)], now=begin) == open_minutes * MINUTE
