"""A real SMS gateway on this machine, which takes SMS, or behaves as badly as a test tells it to."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Flag
from threading import Thread

HANG_UP = 0


@dataclass
class Gateway:
    """`status` is what it answers; HANG_UP ends the connection instead."""

    port: int = 0
    status: int = 200
    taken: list[dict[str, str]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    free: Flag = field(default_factory=Flag)
    """Not set: whoever sends waits for an answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms"


@contextmanager
def sms_gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    gateway.free.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sms = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            gateway.headers.append(dict(self.headers))
            gateway.paths.append(self.path)
            gateway.free.wait()
            if gateway.status == HANG_UP:
                return
            if gateway.status < 300:
                gateway.taken.append(sms)
            self.send_response(gateway.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.free.set()
        server.shutdown()
        server.server_close()
        thread.join()
