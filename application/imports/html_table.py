"""Reads the tables of an HTML page, which many hotel systems export under the name .xls."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from application.imports.limits import CELL_LIMIT, COLUMN_LIMIT, too_large
from application.imports.unreadable import NotATable

_BLOCK = 1 << 16


def html_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of all tables, one after the other, numbered from 1. Raises NotATable if none."""
    parser = _Rows()
    number = 0
    with path.open(encoding=encoding, errors="replace") as page:
        while block := page.read(_BLOCK):
            parser.feed(block.replace("\0", ""))
            if parser.cdata_elem is None and len(parser.rawdata) > CELL_LIMIT:  # a tag that does not end
                raise too_large(number + len(parser.rows) + 1)
            for row in parser.rows:
                number += 1
                yield number, row
            parser.rows.clear()
        parser.close()
        parser.end_row()
        yield from enumerate(parser.rows, start=number + 1)
    if not number and not parser.rows:
        raise NotATable("The file is a web page without a table. Export the list again, as .csv or .xlsx.")


class _Rows(HTMLParser):
    """Collects finished rows. End tags are often missing, so every start also ends what was open."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []
            span = dict(attributes).get("colspan") or ""
            self._span = int(span) if span.isdecimal() and len(span) < 5 else 1
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            beyond = COLUMN_LIMIT + 1 - len(self._row)  # one too many is enough for the row to be refused
            self._row += ([" ".join("".join(self._cell).split())] + [""] * (self._span - 1))[:beyond]
        self._cell = None

    def end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self.rows.append(self._row)
        self._row = None
