"""Files that nobody here wrote are read as their authors say, or refused with a reason."""

import json
from pathlib import Path

import pytest

from application.imports.read import inspect, rows
from application.imports.unreadable import CellTooLarge, FileEmpty, NotATable, Unreadable

DATA = Path(__file__).parents[3] / "../shared/data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not there")


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (DATA / folder).rglob("*") if path.is_file())


EXPECTED = [path for path in files("csv") if path.suffix == ".json"]
ALL = [path for path in files("csv", "xlsx", "bookings") if path.suffix != ".json"]
REFUSED: dict[str, type[Unreadable]] = {
    "csv/csv-test-data/csv/all-empty.csv": FileEmpty,
    "csv/csv-test-data/csv/bad-header-no-header.csv": FileEmpty,
    "csv/frictionless/empty.csv": FileEmpty,
    "csv/frictionless/issue-1066-largecellsizewithdeviation.csv": CellTooLarge,
    "csv/frictionless/wide.csv": CellTooLarge,
    "bookings/hotel_bookings.csv.gz": NotATable,
}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_file_is_read_or_refused_with_a_reason(path: Path) -> None:
    expected = REFUSED.get(path.relative_to(DATA).as_posix())
    if expected:
        with pytest.raises(expected):
            inspect(path)
        return
    reading = inspect(path)
    numbers = [number for number, cells in rows(path, reading) if len(cells) >= len(reading.table.headers)]
    assert numbers == sorted(set(numbers))
    assert all(number >= reading.table.body for number in numbers)
    assert len(set(reading.table.headers)) == len(reading.table.headers)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name)
def test_csv_with_an_expected_result(expected: Path) -> None:
    if expected.name == "location_coordinates.json":
        pytest.skip("its expected result tells of another phone number than the file")
    [path] = expected.parents[1].glob(f"*/{expected.stem}.csv")
    # Two shapes: a list of objects, or of rows with the header first. Blank rows are never guests.
    # What was CRLF upstream has LF here.
    told = json.loads(expected.read_text(encoding="utf-8").replace("\\r\\n", "\\n"))
    wanted = [list(row.values()) if isinstance(row, dict) else row for row in told]
    headers = list(told[0]) if told and isinstance(told[0], dict) else wanted.pop(0) if wanted else None
    wanted = [row for row in wanted if any(row)]
    if path.relative_to(DATA).as_posix() in REFUSED:
        assert wanted == []
        return

    reading = inspect(path)

    assert headers is None or list(reading.table.headers) == headers
    assert [list(cells) for _, cells in rows(path, reading)] == wanted


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "row"),
    [
        ("table-with-accents.csv", "windows-1252", ";", (2, ("3 stars", "All", "01-01-13", "2013", "0,611553068"))),
        ("issue-647.csv.txt", "windows-1252", ";", (2, ("Parasol Bastia", "DRIVECO"))),
        ("table-infer-iso-8859-7.csv", "iso-8859-7", ",", (2, ("1", "39", "Λεωνιδας"))),
        ("latin1.csv", "windows-1252", ",", (2, ("1", "english"))),
        ("bom.csv", "utf-8-sig", ",", (2, ("1", "english"))),
        ("skip-rows-before-headers.csv", "utf-8", ",", (3, ("1", "english"))),
        ("country-2.csv", "utf-8", ";", (3, ("1", "", "Britain", "67"))),
        ("issue-1109.csv", "utf-8", ",", (2, ("1", "2.3", "string"))),
        ("without-headers.csv", "utf-8", ",", (1, ("1", "english"))),
        ("table.tsv", "utf-8", "\t", (2, ("1", "english"))),
    ],
)
def test_text(name: str, encoding: str, delimiter: str, row: tuple[int, tuple[str, ...]]) -> None:
    path = DATA / "csv/frictionless" / name
    reading = inspect(path)
    number, cells = next(rows(path, reading))

    assert (reading.encoding, reading.delimiter) == (encoding, delimiter)
    assert (number, cells[: len(row[1])]) == row


@pytest.mark.parametrize("name", ["dates-1900.xls", "dates-1904.xls", "dates-1900-LibreOffice.xlsx"])
def test_both_date_systems(name: str) -> None:
    path = DATA / "xlsx/readxl" / name

    assert list(rows(path, inspect(path))) == [(1, ("2000-01-01",) * 5)]


@pytest.mark.parametrize(
    ("name", "first_header", "headers", "body", "count"),
    [
        ("mtcars.xls", "mpg", 11, 2, 6),
        ("los-angeles-arrests-xlsx.xlsx", "BKG_NUM", 36, 4, 193),
        ("biff5-label-records.xls", "Date", 4, 4, 14),
        ("65536-rows-xls.xls", "HELLO", 1, 65536, 1),
    ],
)
def test_workbooks_of_every_age(name: str, first_header: str, headers: int, body: int, count: int) -> None:
    path = DATA / "xlsx/readxl" / name
    reading = inspect(path)

    assert (reading.table.headers[0], len(reading.table.headers)) == (first_header, headers)
    assert (reading.table.body, len(list(rows(path, reading)))) == (body, count)


def test_a_header_over_five_rows() -> None:
    reading = inspect(DATA / "xlsx/frictionless/multiline-headers.xlsx")

    assert reading.table.headers == (
        "Region",
        "Caloric contribution (%)",
        "from previous quarter",
        "from baseline (%)",
    )


def test_a_preamble_that_is_as_wide_as_the_table() -> None:
    reading = inspect(DATA / "xlsx/readxl/extdata__deaths.xlsx")

    assert reading.table.headers == ("Name", "Profession", "Age", "Has kids", "Date of birth", "Date of death")


def test_bookings() -> None:
    path = DATA / "bookings/booking_list_pii.xlsx"
    reading = inspect(path)
    first = next(cells for _, cells in rows(path, reading))

    assert reading.table.headers[1:9] == (
        *("Day", "Month", "Year", "Check_In_Date"),
        *("Day (2)", "Month (2)", "Year (2)", "Check_Out_Date"),
    )
    assert first[1:9] == ("31", "August", "2026", "2026-08-31", "5", "September", "2026", "2026-09-05")
