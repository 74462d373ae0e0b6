"""Workbooks become text cells as people see them, whatever is merged, hidden or dated."""

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from application.imports.read import Reading, inspect, rows
from application.imports.unreadable import FileEmpty, FileTooLarge, UnknownChoice

Rows = list[tuple[int, tuple[str, ...]]]


def new() -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    return workbook, sheet


def read(tmp_path: Path, workbook: Workbook, name: str | None = None) -> tuple[Reading, Rows]:
    path = tmp_path / "list.csv"  # the name lies
    workbook.save(path)
    reading = inspect(path, sheet=name)
    return reading, list(rows(path, reading))


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_cells_become_text(tmp_path: Path, epoch_1904: bool) -> None:
    workbook, sheet = new()
    if epoch_1904:
        workbook.epoch = CALENDAR_MAC_1904
    sheet.append(["kind", "value"])
    values: list[tuple[object, str]] = [
        ("0033 6", "0033 6"),
        (33612345678, "33612345678"),
        (3361234567890123, "3361234567890120"),  # Excel keeps 15 digits
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (0.0000123, "0.0000123"),
        (1e20, "100000000000000000000"),
        (-3.0, "-3"),
        (True, "true"),
        (False, "false"),
        (date(2026, 5, 1), "2026-05-01"),
        (datetime(2026, 5, 1), "2026-05-01"),  # noqa: DTZ001 workbooks know no zones
        (datetime(2026, 5, 1, 14, 0, 59, 600_000), "2026-05-01T14:01:00"),  # noqa: DTZ001
        (time(14, 30), "14:30:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
        ("=1/0", ""),
        (None, ""),
    ]
    for value, _ in values:
        sheet.append(["cell", value])

    _, found = read(tmp_path, workbook)

    assert found == [(number, ("cell", text)) for number, (_, text) in enumerate(values, start=2)]


def test_errors_are_empty(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet.append(["Nom", "Prénom"])
    sheet.append(["Dupont", "#N/A"])
    sheet["B2"].data_type = "e"

    assert read(tmp_path, workbook)[1] == [(2, ("Dupont", ""))]


def test_titles_blank_rows_and_totals_are_no_rows(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet["B2"] = "Départs du 12/05/2026"
    sheet.merge_cells("B2:D2")
    for row in ([], ["Nom", "Prénom", "Payé"], ["Dupont", "Zoé", 120], [], ["Martin", "Léo", 80], ["Total", None, 200]):
        sheet.append([None, *row])

    reading, found = read(tmp_path, workbook)

    assert (reading.table.headers, reading.table.preamble) == (("Nom", "Prénom", "Payé"), 3)
    assert found[:2] == [(5, ("Dupont", "Zoé", "120")), (7, ("Martin", "Léo", "80"))]


def test_names_of_groups_tell_like_columns_apart(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet.append(["Client", None, "Arrivée", None, "Départ", None])
    sheet.append(["Nom", "Prénom", "Jour", "Heure", "Jour", "Heure"])
    sheet.append(["Dupont", "Zoé", date(2026, 5, 1), "14:00", date(2026, 5, 3), "11:00"])
    for cells in ("A1:B1", "C1:D1", "E1:F1"):
        sheet.merge_cells(cells)

    reading, found = read(tmp_path, workbook)

    assert reading.table.headers == ("Nom", "Prénom", "Arrivée Jour", "Arrivée Heure", "Départ Jour", "Départ Heure")
    assert found == [(3, ("Dupont", "Zoé", "2026-05-01", "14:00", "2026-05-03", "11:00"))]


def test_the_title_of_the_table_is_no_group(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet.append(["Départs", None, None])
    sheet.append(["Nom", "Jour", "Jour"])
    sheet.append(["Dupont", "1", "2"])
    sheet.merge_cells("A1:C1")

    assert read(tmp_path, workbook)[0].table.headers == ("Nom", "Jour", "Jour (2)")


def test_blank_cells_merged_above_the_header_name_nothing(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet.append([])
    sheet.append(["Nom", "Jour", "Jour"])
    sheet.append(["Dupont", "1", "2"])
    sheet.merge_cells("B1:C1")

    assert read(tmp_path, workbook)[0].table.headers == ("Nom", "Jour", "Jour (2)")


def test_headers_merged_downwards_beside_a_group(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet.append(["Nom", "Prénom", "Séjour", None])
    sheet.append([None, None, "Arrivée", "Départ"])
    sheet.append(["Dupont", "Zoé", date(2026, 5, 1), date(2026, 5, 3)])
    for cells in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(cells)

    reading, found = read(tmp_path, workbook)

    assert reading.table.headers == ("Nom", "Prénom", "Arrivée", "Départ")
    assert found == [(3, ("Dupont", "Zoé", "2026-05-01", "2026-05-03"))]


def test_a_header_merged_over_two_columns_swallows_no_row(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet.append(["Nom", None, "Ville"])
    sheet.append(["Dupont", "Zoé", "Paris"])
    sheet.merge_cells("A1:B1")
    assert isinstance(sheet["B1"], MergedCell)

    assert read(tmp_path, workbook)[1] == [(2, ("Dupont", "Zoé", "Paris"))]


def test_the_first_visible_sheet_with_a_table_is_taken(tmp_path: Path) -> None:
    workbook, cover = new()
    cover["A1"] = "Rapport des départs"
    hidden = workbook.create_sheet("Paramètres")
    hidden.sheet_state = "hidden"
    for sheet in (hidden, workbook.create_sheet("Clients"), workbook.create_sheet("Anciens")):
        sheet.append(["Nom", "Prénom"])
        sheet.append([sheet.title, "Zoé"])

    reading, found = read(tmp_path, workbook)

    assert (reading.sheet, reading.sheets) == ("Clients", ("Sheet", "Clients", "Anciens"))
    assert found == [(2, ("Clients", "Zoé"))]
    assert read(tmp_path, workbook, "Anciens")[1] == [(2, ("Anciens", "Zoé"))]
    with pytest.raises(UnknownChoice, match="Clients, Anciens"):
        read(tmp_path, workbook, "Nouveaux")


def test_a_workbook_without_cells(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        read(tmp_path, new()[0])


def test_two_cells_far_apart_do_not_take_the_memory(tmp_path: Path) -> None:
    workbook, sheet = new()
    sheet["A1"] = "Nom"
    sheet["XFD1048576"] = "Dupont"

    with pytest.raises(FileTooLarge):
        read(tmp_path, workbook)


NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "manifest")
)


def opendocument(path: Path, rows_: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {NAMES}/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:body><office:spreadsheet>"
            f'<table:table table:name="Feuille1">{rows_}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


HEADER = f"<table:table-row>{cell('Nom')}{cell('Arrivée')}</table:table-row>"


def test_opendocument(tmp_path: Path) -> None:
    day = cell("1 mai", 'office:value-type="date" office:date-value="2026-05-01"')
    blank = "table:table-cell table:number-columns-repeated"
    guest = f'<table:table-row>{cell("Zoé")}{day}<{blank}="16382"/></table:table-row>'
    end = f'<table:table-row table:number-rows-repeated="1048574"><{blank}="16384"/></table:table-row>'
    path = opendocument(tmp_path / "list.ods", HEADER + guest + end)

    reading = inspect(path)

    assert (reading.sheet, reading.table.headers) == ("Feuille1", ("Nom", "Arrivée"))
    assert list(rows(path, reading)) == [(2, ("Zoé", "2026-05-01"))]


def test_a_cell_repeated_a_milliard_times_does_not_take_the_memory(tmp_path: Path) -> None:
    many = cell("x", 'table:number-columns-repeated="16384" office:value-type="string"')
    flood = f'<table:table-row table:number-rows-repeated="1048574">{many}</table:table-row>'

    with pytest.raises(FileTooLarge):
        inspect(opendocument(tmp_path / "list.ods", HEADER + flood))
