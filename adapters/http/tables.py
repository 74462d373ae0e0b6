"""Any list as a download: in the format that the client asks for, and not too many at once."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from enum import StrEnum
from threading import Semaphore

from anyio import CancelScope
from anyio.to_thread import run_sync
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from adapters.http.negotiation import by_preference
from adapters.http.problems import ProblemError, problem
from adapters.spreadsheet import Cell as Cell
from adapters.spreadsheet import as_csv, as_xlsx

EXPORTS = 4
"""Lists that one process sends at the same time."""

_exports = Semaphore(EXPORTS)


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def wanted(parameter: Format | None, accept: str) -> Format:
    """The format asked for by `format=`, else by the Accept header. Raises `not-acceptable` where we have none."""
    if parameter or not accept:
        return parameter or Format.JSON
    for choice in by_preference(accept):
        for format_, media_type in MEDIA_TYPES.items():
            if choice in (media_type, media_type.split("/")[0] + "/*", "*/*"):
                return format_
    raise ProblemError("not-acceptable")


class Download(StreamingResponse):
    """A whole list; beyond EXPORTS at once, `exports-busy` instead.

    A list holds a connection to the database for as long as its client reads, or a thread while it is made into a
    workbook: without a bound, those who download would leave none to the others.
    """

    def __init__(self, content: Generator[str | bytes], media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(content, media_type=media_type, headers=headers)
        self.content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _exports.acquire(blocking=False):
            return await problem(scope, ProblemError("exports-busy"))(scope, receive, send)
        try:
            return await super().__call__(scope, receive, send)
        finally:
            # When the client leaves in the middle, nothing else ends the query before the garbage collector does.
            with CancelScope(shield=True):
                await run_sync(self.content.close)
            _exports.release()


def table(format_: Format, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Download:
    """The rows as a download called `name`. They are taken one by one, as the client reads."""
    content = as_csv(header, rows) if format_ is Format.CSV else as_xlsx(header, rows)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{format_}"'}
    return Download(content, media_type=MEDIA_TYPES[format_], headers=disposition)
