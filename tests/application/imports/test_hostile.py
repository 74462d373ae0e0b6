"""A small file cannot take the server: cells, rows and sheets have limits, and time grows no faster than text."""

import csv
import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import FrameType
from uuid import UUID

import pytest
import xlsxwriter

from application.guest_entry import Judged
from application.imports import workbook
from application.imports.dates import DateEvidence, DateOrder, Verdict, parse_date
from application.imports.judge import Plan, judge_row
from application.imports.limits import CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT
from application.imports.mapping import suggest_mapping
from application.imports.read import Reading, inspect, rows
from application.imports.unreadable import CellTooLarge, FileTooLarge, Unreadable
from application.imports.workbook import open_sheet
from application.text import fold, one_line

Sheet = list[list[str]]
Write = Callable[[Path, Sheet], None]


def as_csv(path: Path, sheet: Sheet) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows(sheet)


def as_html(path: Path, sheet: Sheet) -> None:
    body = "".join("<tr>" + "".join(f"<td>{cell}" for cell in cells) for cells in sheet)
    path.write_text(f"<html><table>{body}</table></html>", encoding="utf-8")


def as_workbook(path: Path, sheet: Sheet) -> None:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for row, cells in enumerate(sheet):
            for column, cell in enumerate(cells):
                page.write_string(row, column, cell)


every_kind = pytest.mark.parametrize("write", [as_csv, as_html, as_workbook])


@pytest.fixture
def no_square() -> Iterator[None]:
    """Ends a test after some seconds of processor time: far more than it needs, far less than a square would."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail("the time grows with the square of a cell's length")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 6)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


HEADERS = ["Nom", "E-mail", "Téléphone", "Arrivée", "Langue", "Note"]
HOSTILE = {
    "spaces": " ",
    "digits": "1",
    "digits apart": "1 ",
    "letters": "x",
    "stars": "*",
    "brackets": "(",
    "quotes": '"',
    "addresses": "a@",
    "domains": "a@b.",
    "dots": ".",
    "slashes": "a/",
    "commas": "a,",
    "dashes": "1-",
    "words": "ab ",
    "titles": "Dr ",
    "humps": "aB",
    "lines": "\n",
    "dates": "1/1/",
    "pages": "page ",
}


@pytest.mark.usefixtures("no_square")
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_cells_take_no_time(tmp_path: Path, unit: str) -> None:
    text = f"x{unit * CELL_LIMIT}"[: CELL_LIMIT - 1] + "x"
    as_csv(tmp_path / "list", [HEADERS, *([text, text[1:], text, text[1:], text, text] for _ in range(20))])

    reading = inspect(tmp_path / "list", delimiter=";")
    read = [cells for _, cells in rows(tmp_path / "list", reading)]
    suggest_mapping(reading.table.headers, read)
    evidence = DateEvidence()
    for cell in read[0]:
        evidence.add(cell)
    fields = ("full_name", "email", "phone", "arrival", "language", "note")
    plan = Plan(HEADERS, dict(zip(HEADERS, fields, strict=True)), DateOrder.DMY, UUID(int=1), "FR")

    assert len(read) == 20
    assert evidence.verdict is Verdict.NONE
    assert not any(isinstance(judge_row(cells, plan), Judged) for cells in read)


@pytest.mark.usefixtures("no_square")
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_headers_take_no_time(tmp_path: Path, unit: str) -> None:
    text = f"x{unit * CELL_LIMIT}"[: CELL_LIMIT - 1] + "x"
    as_csv(tmp_path / "list", [[text, f"page{text[5:]}x", text, "Nom", "E-mail"], *[["1", "2", "3", "4", "5"]] * 20])

    headers = inspect(tmp_path / "list").table.headers

    assert max(map(len, headers)) <= 210
    assert len(set(headers)) == 5
    suggest_mapping(headers, [])


@pytest.mark.usefixtures("no_square")
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_cells_under_numbers_take_no_time(tmp_path: Path, unit: str) -> None:
    text = f"1{unit * CELL_LIMIT}"[: CELL_LIMIT - 1] + "x"
    as_csv(tmp_path / "list", [["1", "2", "3"], *[[text, text, text]] * 20])

    assert inspect(tmp_path / "list", delimiter=";").table.headers == ("1", "2", "3")


@pytest.mark.usefixtures("no_square")
def test_hostile_titles_and_totals_take_no_time(tmp_path: Path) -> None:
    page = f"page{' ' * (CELL_LIMIT - 5)}x"
    as_csv(tmp_path / "list", [["Nom", "Ville"], *[[page, ""]] * 60])

    assert len(list(rows(tmp_path / "list", inspect(tmp_path / "list")))) == 60


@every_kind
def test_a_cell_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "list"
    write(path, [["Nom", "Note"], ["Dupont", "x" * CELL_LIMIT]])
    assert read(path)[1] == [(2, ("Dupont", "x" * CELL_LIMIT))]

    write(path, [["Nom", "Note"], ["Dupont", "x" * (CELL_LIMIT + 1)]])
    with pytest.raises(CellTooLarge, match=r"line 2 .* 10,000"):
        inspect(path)


@every_kind
def test_a_row_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "list"
    row = ["x" * (ROW_LIMIT // 20)] * 20
    write(path, [["Nom", "Prénom"] + ["Note"] * 18, row])
    assert read(path)[1] == [(2, tuple(row))]

    write(path, [["Nom", "Prénom"] + ["Note"] * 18, [*row[1:], row[0] + "x"]])
    with pytest.raises(CellTooLarge, match="line 2"):
        inspect(path)


@every_kind
def test_a_row_may_have_as_many_cells_as_the_limit_and_no_more(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "list"
    write(path, [["Nom"] * COLUMN_LIMIT, ["x"] * COLUMN_LIMIT])
    assert len(read(path)[0].table.headers) == COLUMN_LIMIT

    write(path, [["Nom"] * COLUMN_LIMIT, ["x"] * (COLUMN_LIMIT + 1)])
    with pytest.raises(CellTooLarge, match="1,000 cells"):
        inspect(path)


@every_kind
def test_a_row_beyond_the_sample_is_refused_where_it_stands(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "list"
    write(path, [["Nom", "Ville"], *[["Dupont", "Paris"]] * 300, ["Martin", "x" * (CELL_LIMIT + 1)]])
    reading = inspect(path)

    with pytest.raises(CellTooLarge, match="line 302"):
        list(rows(path, reading))


def test_a_workbook_whose_cells_share_one_long_text_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list"
    as_workbook(path, [["Nom", "Note"], *[["Dupont", "x" * 9_000]] * 500])
    assert path.stat().st_size < 20_000
    assert len(read(path)[1]) == 500

    monkeypatch.setattr(workbook, "PRINT_LIMIT", 4_000_000)
    reading = inspect(path)
    with pytest.raises(FileTooLarge):
        list(rows(path, reading))


def test_merged_cells_without_number_are_not_all_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "list") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Nom", "Ville"])
        for column in range(0, 4_000, 2):
            page.merge_range(1, column, 1, column + 1, "")

    with open_sheet(tmp_path / "list") as sheet:
        assert len(sheet.merged) == 1_000


def test_long_headers_that_begin_alike_are_cut_and_told_apart(tmp_path: Path) -> None:
    as_csv(tmp_path / "list", [["Nom", "Ville", "x" * 300 + "1", "x" * 300 + "2"], ["Dupont", "Paris", "a", "b"]])

    assert inspect(tmp_path / "list").table.headers == ("Nom", "Ville", "x" * 200, "x" * 200 + " (2)")


def test_a_long_text_is_no_date() -> None:
    told_at_length = "Fri Oct 03 2025 00:00:00 GMT+0200 (Central European Summer Time)"
    assert parse_date(told_at_length, DateOrder.DMY) == date(2025, 10, 3)
    assert parse_date(f"  25/10/2025{' ' * CELL_LIMIT}", DateOrder.DMY) == date(2025, 10, 25)

    evidence = DateEvidence()
    evidence.add(f"25/10/2025 14:30{'x' * 100}")
    assert evidence == DateEvidence()
    assert parse_date(f"25/10/2025 14:30{'x' * 100}", DateOrder.DMY) is None


def read(path: Path) -> tuple[Reading, list[tuple[int, tuple[str, ...]]]]:
    reading = inspect(path)
    return reading, list(rows(path, reading))


def test_a_page_of_tags_that_never_end_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "departs.xls"
    page.write_text("<html><table><tr><td>Nom</td></tr>" + "<a<a‹a" * 100_000)
    with pytest.raises(Unreadable):
        list(rows(page, inspect(page)))


def test_marks_heaped_on_a_letter_are_cut_before_they_cost() -> None:
    heap = "a" + "\u0301" * 5_000 + "\u0316" * 5_000
    assert len(one_line(heap)) < 40
    assert fold(heap) == "a"
