"""What a file is, judged by its bytes: names and extensions lie."""

import mmap
import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from application.imports.unreadable import (
    FileDamaged,
    FileEncrypted,
    FileTooLarge,
    FileZipBomb,
    NotATable,
)

Kind = Literal["text", "html", "workbook"]

_SAVE_AS = "Open it in a spreadsheet program and save it as .xlsx or .csv, then upload that file."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"MZ\x90\0": "a Windows program",
    b"\x7fELF": "a program",
    b"SQLite format 3\0": "an SQLite database",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"{\\rtf": "an RTF document",
    b"BEGIN:VCARD": "a contact card",
}
_MARKUP = re.compile(rb"\s*<(!doctype html|html|head|body|meta|table|style|\?xml)\b", re.IGNORECASE)
_UNPACKED_LIMIT = 2_000_000_000
_RATIO_LIMIT = 200
"""Real sheets shrink 5 to 40 times, a run of zeros about 1,000 times."""
_RATIO_MATTERS_FROM = 100_000_000


def identify(path: Path, limit: int) -> Kind:
    """How to read the file. `limit` is in bytes. Raises an Unreadable that names what else it is."""
    size = path.stat().st_size
    if size > limit:
        raise FileTooLarge(f"The file has {size:,} bytes, the limit is {limit:,}. Split it in several files.")
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        _judge_zip(path)
        return "workbook"
    if head.startswith(_OLE):
        _judge_ole(path)
        return "workbook"
    if head[:1] == b"\x09" and head[1:2] in b"\x00\x02\x04" and head[2:4] in (b"\x04\0", b"\x06\0", b"\x08\0"):
        raise NotATable(f"The file is a workbook from before Excel 5 (1993). {_SAVE_AS}")
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise NotATable(f"The file is {name}, not a table. Upload a .csv, .txt, .xlsx, .xls or .ods file.")
    # UTF-16 markup loses its NULs here, so that one pattern serves every encoding.
    markup = _MARKUP.match(head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b""))
    if markup and b"schemas-microsoft-com:office:spreadsheet" in head.replace(b"\0", b""):
        raise NotATable(f"The file is an XML spreadsheet (2003). {_SAVE_AS}")
    if markup and (markup[1].lower() != b"?xml" or b"<html" in head.replace(b"\0", b"").lower()):
        return "html"
    if markup:
        raise NotATable(f"The file is XML, not a table. {_SAVE_AS}")
    return "text"


def _judge_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            manifest = next((part for part in parts if part.filename == "META-INF/manifest.xml"), None)
            locked = any(part.flag_bits & 1 for part in parts)
            packed = sum(part.compress_size for part in parts)
            unpacked = sum(part.file_size for part in parts)
            bomb = unpacked > _UNPACKED_LIMIT or (unpacked > _RATIO_MATTERS_FROM and unpacked > _RATIO_LIMIT * packed)
            if bomb:
                raise FileZipBomb(
                    f"The workbook is {packed:,} bytes but unpacks to {unpacked:,}. "
                    "Copy the table into a new workbook, or save it as .csv."
                )
            if manifest and not locked:
                with archive.open(manifest) as content:
                    locked = b"encryption-data" in content.read(1_000_000)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as error:
        raise FileDamaged("The workbook is damaged or incomplete. Export it again.") from error
    if locked:
        raise FileEncrypted("The workbook is protected by a password. Save it without one.")
    if not any(part.filename.endswith(("workbook.xml", "workbook.bin", "content.xml")) for part in parts):
        raise NotATable("The file is an archive or a document, not a workbook. Upload the table itself.")


def _judge_ole(path: Path) -> None:
    """Office keeps an encrypted .xlsx in a container of the older format."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise FileEncrypted("The workbook is protected by a password. Save it without one.")
        if content.find("Workbook".encode("utf-16-le")) < 0 and content.find("Book".encode("utf-16-le")) < 0:
            raise NotATable("The file is an Office document, but not a workbook. Upload the table itself.")
