"""A file that cannot be taken: a problem that says what to do, and no trace of it left."""

import io
import tempfile
import zipfile
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook

from adapters.bootstrap import Hote
from adapters.http.app import create_app
from tests.contract.conftest import Api, House
from tests.contract.importing import listed, path_of, sent, uploaded

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an older Office document begins."""
UNCLOSED = listed("Nom;E-mail", '"Lefèvre;zoe@example.com', *["Dupont;x@example.com"] * 9_000)


def workbook() -> bytes:
    content = io.BytesIO()
    book = Workbook()
    for row in range(200):
        book.worksheets[0].append([f"Nom{row}", f"nom{row}@example.com"])
    book.save(content)
    return content.getvalue()


def zip_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(150):
                sheet.write(bytes(1_000_000))
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all temporary files go meanwhile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def traces(url: str) -> list[int]:
    """How many drafts, pieces of files, rows of files and events there are."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM imports.draft), (SELECT count(*) FROM imports.piece),"
            " (SELECT count(*) FROM imports.row), (SELECT count(*) FROM log.events)"
        ).fetchone()
    assert found is not None
    return list(found)


@pytest.mark.parametrize(
    ("content", "kind", "advice"),
    [
        (b"", "file-empty", "Export"),
        (b"\xef\xbb\xbf\r\n;;\r\n", "file-empty", "Export"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(500), "file-not-a-table", ".csv"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "file-not-a-table", ".csv"),
        (bytes(index * 7919 % 256 for index in range(5_000)), "file-not-a-table", ".csv"),
        (workbook()[:-900], "file-damaged", "Export"),
        (OLE + bytes(600) + "Workbook".encode("utf-16-le") + bytes(5_000), "file-damaged", "Export"),
        (OLE + bytes(1_500) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "file-encrypted", "password"),
        (zip_bomb(), "file-zip-bomb", ".csv"),
        (
            listed("Nom;E-mail", '"Lefèvre;zoe@example.com', *["Dupont;x@example.com"] * 9_000),
            "cell-too-large",
            "quote",
        ),
        (listed("Nom;E-mail", *["Dupont;x@example.com"] * 9_000, "x;" * 150_000), "cell-too-large", "Export"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_unreadable_file(house: House, hote: Hote, temporary: Path, content: bytes, kind: str, advice: str) -> None:
    before = traces(hote.database_url)
    answer = sent(house, content)
    body = answer.json()

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert body["type"] == f"/problems/{kind}"
    assert advice in body["detail"]
    assert traces(hote.database_url) == before
    assert list(temporary.iterdir()) == []


def test_it_is_said_in_french_too(house: House) -> None:
    files, data = {"file": ("liste.csv", b"")}, {"property_id": house.port}
    answer = house.admin.post("/v1/imports", files=files, data=data, headers={"Accept-Language": "fr"})

    assert answer.json()["title"] == "Le fichier est vide"


def test_an_enormous_file(house: House, hote: Hote, temporary: Path) -> None:
    small = hote.settings.model_copy(update={"upload_limit": 20_000})
    before = traces(hote.database_url)
    with TestClient(create_app(type(hote)(**vars(hote) | {"settings": small}))) as client:
        desk = Api(client, house.admin.key)
        enough = sent(house, listed("Nom;E-mail", *["Lefèvre;zoe@example.com"] * 500), by=desk)
        answer = sent(house, listed("Nom;E-mail", *["Lefèvre;zoe@example.com"] * 1_000), by=desk)

    assert enough.status_code == 201
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
    assert "20000" in answer.json()["detail"]
    # What the first left: a draft, its file in a piece, its rows.
    assert [now - then for now, then in zip(traces(hote.database_url), before, strict=True)] == [1, 1, 500, 0]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"property_id": "x"}, "/property_id"),
        ({"departure": "31/12/2026"}, "/departure"),
        ({"language": "klingon!"}, "/language"),
    ],
)
def test_a_field_of_the_form_that_cannot_be(house: House, hote: Hote, fields: dict[str, str], pointer: str) -> None:
    before = traces(hote.database_url)
    answer = sent(house, listed("Nom;E-mail", "Lefèvre;zoe@example.com"), by=house.admin, **fields)

    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, [pointer])
    assert traces(hote.database_url) == before


def test_a_form_without_a_file(house: House) -> None:
    answer = house.admin.post("/v1/imports", data={"property_id": house.port})

    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, ["/file"])


def test_an_encoding_that_the_file_is_not_in_leaves_the_draft_as_it_was(
    house: House, hote: Hote, temporary: Path
) -> None:
    draft = uploaded(house, listed("Nom;E-mail", "Lefèvre;zoe@example.com"))
    before = traces(hote.database_url)
    answer = house.admin.patch(path_of(draft), json={"encoding": "utf-16"})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-choice-unknown")
    assert house.admin.get(path_of(draft)).json() == draft
    assert traces(hote.database_url) == before
    assert list(temporary.iterdir()) == []


def test_another_way_of_reading_with_a_mapping_that_cannot_be_changes_nothing(house: House) -> None:
    draft = uploaded(house, listed("Nom;E-mail", "Lefèvre;zoe@example.com"))
    choices = {"delimiter": ",", "mapping": {"Nom": "last_name"}}
    answer = house.admin.patch(path_of(draft), json=choices)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/mapping/Nom")
    assert house.admin.get(path_of(draft)).json() == draft
    assert house.admin.get(f"{path_of(draft)}/rows").json()["items"][0]["cells"] == draft["sample"][0]
