"""Dates are read in a given order and never shifted; the order of a column is proved or asked for."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.imports.dates import DateEvidence, DateOrder, Verdict, parse_date

DATA = Path(__file__).parents[3] / "../shared/data/bookings"
DMY, MDY, YMD = DateOrder


def verdict(*texts: str) -> Verdict:
    evidence = DateEvidence()
    for text in texts:
        evidence.add(text)
    return evidence.verdict


@pytest.mark.parametrize(
    "text",
    [
        "3/10/2025",
        "03.10.2025",
        "03-10-25",
        "3 10 2025",
        "03/10/2025 14:30",
        "03/10/2025 à 14h30",
        "ven. 03/10/2025",
        "2025-10-03",
        "2025/10/3",
        "2025-10-03T14:30:00Z",
        "2025-10-03 00:00:00",
        "20251003",
        "45933",
        "3 oct. 2025",
        "3 octobre 2025",
        "vendredi 3 octobre 2025",
        "03OCT25",
        "03-Oct-2025",
        "October 3, 2025",
        "Oct 3rd 2025",
        "3. Oktober 2025",
        "3 de octubre de 2025",
        "3 ottobre 2025",
        "2025-October-3",
    ],
)
def test_one_day_in_many_spellings(text: str) -> None:
    assert parse_date(text, DMY) == date(2025, 10, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er août 2025", date(2025, 8, 1)),
        ("12 déc 2025", date(2025, 12, 12)),
        ("3 März 2025", date(2025, 3, 3)),
        ("5 févr. 2025", date(2025, 2, 5)),
        ("30 juin 2025", date(2025, 6, 30)),
        ("30 juil. 2025", date(2025, 7, 30)),
    ],
)
def test_month_names_are_read_with_accents_and_shortened(text: str, day: date) -> None:
    assert parse_date(text, MDY) == day


def test_the_order_decides_what_numbers_mean() -> None:
    assert parse_date("04/05/06", DMY) == date(2006, 5, 4)
    assert parse_date("04/05/06", MDY) == date(2006, 4, 5)
    assert parse_date("04/05/06", YMD) == date(2004, 5, 6)


@pytest.mark.parametrize("order", DateOrder)
@pytest.mark.parametrize(
    "text",
    [
        "31/02/2025",
        "2025-02-30",
        "29.02.2025",
        "32/01/2025",
        "00/01/2025",
        "13/13/2025",
        "31 juin 2025",
        "1/1/0025",
        "",
        "-",
        "demain",
        "3 ju 2025",
        "1234",
        "12",
        "10/2025",
        "１/２/２０２５",
        "3/10/2025/4",
        "99999",
        "20251332",
    ],
)
def test_what_is_no_date_is_none(text: str, order: DateOrder) -> None:
    assert parse_date(text, order) is None


def test_a_day_that_does_not_fit_the_order_is_not_turned_round() -> None:
    assert parse_date("25/12/2025", MDY) is None
    assert parse_date("12/25/2025", DMY) is None
    assert parse_date("25/12/2025", YMD) is None


def test_short_years_are_of_our_time_and_can_be_refused() -> None:
    assert parse_date("01/02/69", DMY) == date(2069, 2, 1)
    assert parse_date("01/02/70", DMY) == date(1970, 2, 1)
    assert parse_date("01/02/65", DMY, short_years=False) is None
    assert parse_date("01/02/1965", DMY, short_years=False) == date(1965, 2, 1)


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)), st.sampled_from("./- "), st.sampled_from(["%Y", "%y"]))
def test_what_is_written_in_an_order_is_read_back(day: date, separator: str, year: str) -> None:
    for order, form in ((DMY, ["%d", "%m", year]), (MDY, ["%m", "%d", year]), (YMD, [year, "%m", "%d"])):
        assert parse_date(day.strftime(separator.join(form)), order) == day


@given(st.text(max_size=40), st.sampled_from(DateOrder))
def test_no_text_is_too_strange(text: str, order: DateOrder) -> None:
    parse_date(text, order)
    verdict(text)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["01/02/2025", "13/02/2025"], Verdict.DMY),
        (["01/02/2025", "02/13/2025"], Verdict.MDY),
        (["01/02/2025", "25/02/2025 10:00"], Verdict.DMY),
        (["2025-02-01", "2025-02-13"], Verdict.YMD),
        (["01/02/2025", "03/04/2025"], Verdict.AMBIGUOUS),
        (["01/02/2025", "2025-02-13"], Verdict.AMBIGUOUS),
        (["13/02/2025", "02/13/2025"], Verdict.CONFLICTING),
        (["01/01/2025", "02/02/2025"], Verdict.DMY),
        (["31/02/2025"], Verdict.DMY),
        (["3 octobre 2025", "", "Total"], Verdict.NONE),
        ([], Verdict.NONE),
    ],
)
def test_the_order_is_judged_on_the_whole_column(texts: list[str], expected: Verdict) -> None:
    assert verdict(*texts) is expected


def test_columns_are_judged_together() -> None:
    arrivals, departures = DateEvidence(), DateEvidence()
    arrivals.add("01/02/2025")
    departures.add("13/02/2025")
    assert arrivals.verdict is Verdict.AMBIGUOUS
    assert (arrivals + departures).verdict is Verdict.DMY


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")
def test_the_departures_of_a_real_list_are_the_true_ones() -> None:
    """Another program swapped day and month of this file's dates; arrival and nights, told apart, give the truth."""
    with (DATA / "pms_guests_pii_semicolon_1000.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["reservation_status"] == "Check-Out"]
    with (DATA / "pms_guests_pii_cleaned_daymonthswap.csv").open(encoding="utf-8", newline="") as file:
        swapped = {row["email"]: date.fromisoformat(row["reservation_status_date"]) for row in csv.DictReader(file)}
    assert verdict(*(row["reservation_status_date"] for row in rows)) is Verdict.DMY

    harmed = left_early = 0
    for row in rows:
        arrival = parse_date(
            f"{row['arrival_date_year']}-{row['arrival_date_month']}-{row['arrival_date_day_of_month']}", DMY
        )
        assert arrival
        nights = int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])
        departure = parse_date(row["reservation_status_date"], DMY)
        left_early += departure == arrival and nights > 0
        assert departure in (arrival, arrival + timedelta(days=nights))
        harmed += row["email"] in swapped and swapped[row["email"]] != departure
    assert left_early == 3
    assert harmed == 253
