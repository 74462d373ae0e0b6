"""What cannot be read is refused by name, and says what to do."""

import gzip
import os
import sqlite3
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from application.imports.read import inspect, rows
from application.imports.unreadable import (
    CellTooLarge,
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    FileZipBomb,
    NotATable,
    UnknownChoice,
    Unreadable,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an older Office document begins."""


@pytest.mark.parametrize("content", [b"", b"\n\r\n \t", b"\xef\xbb\xbf", b"\xff\xfe", b";;;\n;;;\n", b'""\n'])
def test_nothing(tmp_path: Path, content: bytes) -> None:
    refused(tmp_path, content, FileEmpty, "no rows")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG"),
        (b"MZ\x90\0" + bytes(60), "program"),
        (gzip.compress(b"Nom;Ville\n", mtime=0), "gzip"),
        (b"{\\rtf1\\ansi Nom}", "RTF"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML spreadsheet"),
        (b"<?xml version='1.0'?><guests/>", "XML"),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "Office document"),
        (bytes(index * 7919 % 256 for index in range(5_000)), "not text"),
        (b"\0" * 5_000 + b"x", "not text"),
        (b"<html><body><p>Session expired</p></body></html>", "without a table"),
    ],
)
def test_other_kinds_of_files(tmp_path: Path, content: bytes, what: str) -> None:
    refused(tmp_path, content, NotATable, what)


def test_a_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "file") as database:
        database.execute("CREATE TABLE guest (name)")
    database.close()

    with pytest.raises(NotATable, match="SQLite"):
        inspect(tmp_path / "file")


def test_a_document_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    with pytest.raises(NotATable, match="document"):
        inspect(tmp_path / "file")


def test_more_bytes_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"Nom;Ville\n" * 100)

    with pytest.raises(FileTooLarge, match="999"):
        inspect(tmp_path / "file", limit=999)


@pytest.mark.parametrize("keep", [0.05, 0.5, 0.95])
def test_a_workbook_cut_off(tmp_path: Path, keep: float) -> None:
    Workbook().save(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()

    refused(tmp_path, whole[: int(len(whole) * keep)], FileDamaged, "Export")


def test_a_workbook_with_a_part_whose_name_is_no_text(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr("xl/é.xml", "")

    refused(tmp_path, (tmp_path / "file").read_bytes().replace("é".encode(), b"\xff\xff"), FileDamaged, "Export")


def test_a_workbook_with_garbage_inside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook><sheets")

    with pytest.raises(FileDamaged):
        inspect(tmp_path / "file")


def test_an_old_workbook_with_garbage_inside(tmp_path: Path) -> None:
    refused(tmp_path, OLE + bytes(600) + "Workbook".encode("utf-16-le") + bytes(5_000), FileDamaged, "Export")


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    content = OLE + bytes(1_500) + "EncryptedPackage".encode("utf-16-le") + bytes(600)

    refused(tmp_path, content, FileEncrypted, "password")


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    content = bytearray((tmp_path / "file").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag "encrypted" in the central directory

    refused(tmp_path, bytes(content), FileEncrypted, "password")


def test_opendocument_with_a_password(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr("content.xml", os.urandom(100))
        archive.writestr(
            "META-INF/manifest.xml", '<m><file-entry path="content.xml"><encryption-data/></file-entry></m>'
        )

    with pytest.raises(FileEncrypted):
        inspect(tmp_path / "file")


def test_a_zip_bomb(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(150):
                sheet.write(bytes(1_000_000))
        archive.writestr("xl/workbook.xml", "<workbook/>")

    with pytest.raises(FileZipBomb):
        inspect(tmp_path / "file")


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("Nom;Ville\n" + "Dupont;Paris\n" * 300 + '"Martin;Lyon\n' + "Dupont;Paris\n" * 20_000)
    reading = inspect(path)

    with pytest.raises(CellTooLarge, match="line 302"):
        list(rows(path, reading))


def test_a_line_that_is_never_ended(tmp_path: Path) -> None:
    refused(tmp_path, b"a;b;" * 500_000, CellTooLarge, "line")


def test_choices_that_do_not_exist(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("Nom;Ville\n")

    with pytest.raises(UnknownChoice, match="windows-1252"):
        inspect(tmp_path / "file", encoding="rot13")
    with pytest.raises(UnknownChoice, match="semicolon"):
        inspect(tmp_path / "file", delimiter="ab")


def refused(tmp_path: Path, content: bytes, how: type[Unreadable], what: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(how, match=what):
        inspect(tmp_path / "file")
