"""Files that nobody here wrote go in as their authors mean them, or are refused with a reason."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.bootstrap import Hote
from tests.contract.conftest import Body, House
from tests.contract.importing import (
    changed,
    committed,
    counts,
    holding,
    imported,
    rows,
    sent,
    uploaded,
)

DATA = Path(__file__).parents[2] / "../shared/data"
BOOKINGS = DATA / "bookings"
GUESTS, SWAPPED = BOOKINGS / "pms_guests_pii_semicolon_1000.csv", BOOKINGS / "pms_guests_pii_cleaned_daymonthswap.csv"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not there")


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (DATA / folder).rglob("*") if path.is_file())


def told(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def stays(house: House, result: Body, every: int = 1) -> dict[int, tuple[str, str]]:
    """Arrival and departure of each row's guest, by the row's number, of the rows that made a guest."""
    found = {}
    for row in [row for row in rows(house.admin, result, state="ok", limit=200) if row["outcome"] == "created"][
        ::every
    ]:
        stay = house.admin.get(f"/v1/guests/{row['guest_id']}").json()["stay"]
        found[row["n"]] = (stay["arrival"], stay["departure"])
    return found


@pytest.mark.parametrize("path", files("csv", "xlsx", "bookings"), ids=lambda path: path.name)
def test_every_file_is_taken_or_refused_with_a_reason(house: House, path: Path) -> None:
    answer = sent(house, path.read_bytes(), name=path.name)
    body = answer.json()

    if answer.status_code == 201:
        assert body["rows"] == len(rows(house.admin, body, limit=200))
    else:
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert body["type"].startswith(("/problems/file-", "/problems/cell-too-large"))
        assert len(body["detail"]) > 20


def test_a_thousand_bookings_with_card_numbers(house: House, hote: Hote) -> None:
    card = "497010123456"  # in place of the asterisks, so that it is a whole one, and nobody else's
    draft = uploaded(house, GUESTS.read_bytes().replace(b"*" * len(card), card.encode()))
    assert set(holding(hote.database_url, card)) == {'"imports"."row"', '"imports"."piece"'}
    result = committed(house.admin, draft)

    # Eight addresses were put together from a title ("Mrs..W61@yandex.com"); one guest booked twice.
    assert (counts(result), result["duplicates"]) == ((991, 0, 1, 8), 1)
    assert holding(hote.database_url, card) == []
    refused = rows(house.admin, result, state="refused")
    assert {problem["column"] for row in refused for problem in row["errors"]} == {"email"}
    assert len(house.admin.listed("/v1/guests", params={"search": "outlook.com", "limit": 200})) > 50


def test_the_stays_of_a_thousand_bookings(house: House) -> None:
    result = imported(house, GUESTS.read_bytes())
    lines = dict(enumerate(told(GUESTS, ";"), start=2))
    found = stays(house, result, every=5)

    assert len(found) > 190
    assert found == {n: stay_told(lines[n]) for n in found}


def stay_told(line: dict[str, str]) -> tuple[str, str]:
    """By the year, the English month, the day and the nights of the booking."""
    year, month, day = (line[f"arrival_date_{part}"] for part in ("year", "month", "day_of_month"))
    arrival = datetime.strptime(f"{year} {month} {day} +0000", "%Y %B %d %z").date()
    nights = int(line["stays_in_weekend_nights"]) + int(line["stays_in_week_nights"])
    return arrival.isoformat(), (arrival + timedelta(nights)).isoformat()


def test_days_and_months_come_out_as_the_unswapped_file_says(house: House) -> None:
    draft = uploaded(house, GUESTS.read_bytes())
    mapping = {"name": "full_name", "email": "email", "reservation_status_date": "arrival"}
    draft = changed(house.admin, draft, mapping=mapping)
    assert (draft["date_order"], draft["date_verdict"]) == ("dmy", "dmy")
    result = committed(house.admin, draft)
    # The other file tells of the same guests, one fewer, its dates spoilt by an import that took days for months.
    spoilt = {(line["name"], line["email"]): line["reservation_status_date"] for line in told(SWAPPED, ",")}
    lines = dict(enumerate(told(GUESTS, ";"), start=2))
    arrivals = {n: arrival for n, (arrival, _) in stays(house, result, every=5).items()}

    days_first = {n: "20{2}-{1}-{0}".format(*lines[n]["reservation_status_date"].split("/")) for n in arrivals}
    assert arrivals == days_first
    assert sum(arrivals[n] != spoilt[lines[n]["name"], lines[n]["email"]] for n in arrivals) > 50


def test_the_swapped_file_knows_the_guests_of_the_other(house: House) -> None:
    imported(house, GUESTS.read_bytes())
    draft = uploaded(house, SWAPPED.read_bytes())

    # Its column arrival_date was made from year, month and day, and is right: nobody gets a second stay. James Benson
    # and James Butler share an address and are one guest, called as the first of their rows says.
    assert counts(draft) == (0, 0, 991, 8)


def test_a_workbook_with_date_cells(house: House) -> None:
    result = imported(house, (BOOKINGS / "booking_list_pii.xlsx").read_bytes())

    assert (result["state"], counts(result)) == ("done", (93, 0, 0, 6))
    reasons = {problem["code"] for row in rows(house.admin, result, state="refused") for problem in row["errors"]}
    assert reasons == {"departure-before-arrival", "email-invalid"}
    [first] = stays(house, result, every=1000).values()
    assert first == ("2026-08-31", "2026-09-05")


def test_a_compressed_list_is_refused_with_advice(house: House) -> None:
    answer = sent(house, (BOOKINGS / "hotel_bookings.csv.gz").read_bytes())

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-not-a-table")
    assert "gzip" in answer.json()["detail"]
