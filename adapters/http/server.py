"""The HTTP server: it ends when the process is told to, and lets those finish who are being answered."""

from contextlib import suppress
from socket import socket

import uvicorn

from adapters.bootstrap import Hote
from adapters.http.app import create_app
from adapters.inbox_changes import InboxChanges

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


def listen(hote: Hote, host: str, port: int) -> bool:
    """Serves until the process is told to end; gives whether it could begin."""
    app = create_app(hote)
    config = uvicorn.Config(app, host, port, access_log=False, log_config=None, timeout_graceful_shutdown=PATIENCE)
    server = Server(config, app.state.inbox_changes)
    with suppress(KeyboardInterrupt):  # which uvicorn raises anew when it has ended
        server.run()
    return server.started
