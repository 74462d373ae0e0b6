"""Lists as CSV and XLSX: typed, streamed, harmless in a spreadsheet."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Annotated

import anyio
import pytest
from fastapi import FastAPI, Header, Query, Response
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from starlette.requests import ClientDisconnect
from starlette.types import Message

from adapters import spreadsheet
from adapters.http.paging import ListQuery, Page
from adapters.http.problems import HANDLERS, ProblemError
from adapters.http.tables import Format, table, wanted
from adapters.spreadsheet import Cell, as_csv, as_xlsx, safe

HEADER = ["last_name", "phone", "stays", "total", "blocked", "last_stay", "created_at", "note"]
ROW: list[Cell] = [
    'Lefèvre; "la belle"',
    "+33612345678",
    -3,
    Decimal("12.50"),
    False,
    date(2026, 2, 1),
    datetime(2026, 2, 1, 14, 30, tzinfo=UTC),
    None,
]


class StayQuery(ListQuery):
    arrival_from: Annotated[date | None, Query(alias="arrival[gte]")] = None


app = FastAPI(exception_handlers=HANDLERS)


@app.get("/stays", response_model=Page[str])
def stays(query: Annotated[StayQuery, Query()], accept: Annotated[str, Header()] = "") -> Page[str] | Response:
    format_ = wanted(query.format, accept)
    if format_ is Format.JSON:
        items = [str(query.arrival_from), str(query.limit)]
        return Page(items=items, next=None, total=2 if query.count else None)
    return table(format_, "stays", HEADER, [ROW])


@pytest.fixture
def client() -> TestClient:
    return TestClient(app)


def test_a_page_says_what_comes_next_and_counts_only_when_asked(client: TestClient) -> None:
    assert client.get("/stays?arrival[gte]=2026-02-01").json() == {"items": ["2026-02-01", "50"], "next": None}
    assert client.get("/stays?count=true&limit=200").json() == {"items": ["None", "200"], "next": None, "total": 2}


@pytest.mark.parametrize("wrong", ["limit=201", "limit=0", "arrival[gte]=soon", "arival[gte]=2026-02-01", "format=pdf"])
def test_a_parameter_that_is_wrong_or_unknown_is_named(client: TestClient, wrong: str) -> None:
    answer = client.get(f"/stays?{wrong}")
    assert answer.status_code == 422
    assert [e["parameter"] for e in answer.json()["errors"]] == [wrong.split("=")[0]]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", Format.JSON),
        ("*/*", Format.JSON),
        ("application/problem+json, application/json", Format.JSON),
        ("text/csv", Format.CSV),
        ("text/csv; header=present, */*;q=0.1", Format.CSV),
        ("text/*", Format.CSV),
        ("application/json;q=0.5, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Format.XLSX),
    ],
)
def test_accept_chooses_the_format(accept: str, expected: Format) -> None:
    assert wanted(None, accept) is expected


def test_the_parameter_overrides_accept() -> None:
    assert wanted(Format.CSV, "application/json") is Format.CSV


@pytest.mark.parametrize("accept", ["application/pdf", "text/csv;q=0"])
def test_what_cannot_be_made_is_not_acceptable(accept: str) -> None:
    with pytest.raises(ProblemError, match="not-acceptable"):
        wanted(None, accept)


def test_csv_is_read_back_as_it_was_written(client: TestClient) -> None:
    answer = client.get("/stays", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="stays.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbflast_name,")
    assert list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""))) == [
        HEADER,
        [
            'Lefèvre; "la belle"',
            "+33612345678",
            "-3",
            "12.50",
            "false",
            "2026-02-01",
            "2026-02-01T14:30:00+00:00",
            "",
        ],
    ]


def test_xlsx_has_a_header_and_typed_cells(client: TestClient) -> None:
    answer = client.get("/stays?format=xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="stays.xlsx"'
    [sheet] = load_workbook(BytesIO(answer.content)).worksheets
    header, row = sheet.iter_rows(values_only=True)
    assert list(header) == HEADER
    midnight, afternoon = datetime(2026, 2, 1), datetime(2026, 2, 1, 14, 30)  # noqa: DTZ001 Excel knows no zones
    assert list(row) == [ROW[0], ROW[1], -3, 12.5, False, midnight, afternoon, None]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "b", "d", "d", "n"]


@pytest.mark.parametrize("start", "=+-@\t\r\n＝＋－＠")
def test_what_could_be_a_formula_is_made_text(start: str) -> None:
    cell = f'{start}HYPERLINK("https://example.com")'
    assert safe(cell) == f"'{cell}"
    [[_], [in_csv]] = csv.reader(StringIO("".join(as_csv(["a"], [[cell]]))[1:], newline=""))
    in_xlsx = load_workbook(BytesIO(b"".join(as_xlsx(["a"], [[cell]])))).worksheets[0]["A2"]
    assert in_csv == f"'{cell}"
    assert in_xlsx.data_type == "s"
    assert str(in_xlsx.value).startswith("'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+33612345678", "+33612345678"),
        ("+33612345678+1", "'+33612345678+1"),
        ("+1\n=2", "'+1\n=2"),
        ("+33612345678\n", "'+33612345678\n"),
        ("-5", "'-5"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_only_a_phone_number_may_begin_with_a_plus(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_rows_are_taken_as_the_client_reads() -> None:
    taken: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(1000):
            taken.append(number)
            yield [number]

    lines = as_csv(["n"], rows())
    assert [next(lines), next(lines)] == ["\ufeffn\r\n", "0\r\n"]
    assert taken == [0]


@pytest.mark.parametrize(("rows", "sheets"), [(0, [0]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_what_one_sheet_cannot_hold_goes_on_another(
    monkeypatch: pytest.MonkeyPatch, rows: int, sheets: list[int]
) -> None:
    monkeypatch.setattr(spreadsheet, "SHEET_ROWS", 4)
    content = b"".join(as_xlsx(["n"], ([number] for number in range(rows))))
    found = [list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(BytesIO(content)).worksheets]
    assert [value for sheet in found for (value,) in sheet[1:]] == list(range(rows))
    assert [sheet[0] for sheet in found if sheet] == [("n",)] * len(found)
    assert [len(sheet) - 1 for sheet in found][: len(sheets)] == sheets


@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
def test_a_client_who_leaves_in_the_middle_ends_the_reading(spec_version: str) -> None:
    reading, begun = True, anyio.Event()

    def endless() -> Iterator[list[Cell]]:
        nonlocal reading
        try:
            while True:
                yield ["x" * 1_000]
        finally:
            reading = False

    async def receive() -> Message:
        await begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if b"xxx" in message.get("body", b""):
            begun.set()
            if spec_version == "2.4":
                raise OSError("the client has left")

    download = table(Format.CSV, "endless", ["x"], endless())
    with suppress(ClientDisconnect):
        anyio.run(download, {"type": "http", "asgi": {"spec_version": spec_version}}, receive, send)
    assert not reading
