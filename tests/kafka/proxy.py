"""A way to a server on this machine that can be cut, also in the middle of an answer."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event as Flag
from threading import Lock, Thread

PIECE = 65_536


class Proxy:
    """Hands on what clients of `port` and the server at `target` say to each other."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._lock = Lock()
        self._most: int | None = None
        self._cut = Flag()
        Thread(target=self._accept, daemon=True).start()

    def cut_after(self, answered: int) -> None:
        """The first connection on which the server says so many bytes from now on breaks off there."""
        with self._lock:
            self._most = answered
            self._cut.clear()

    @property
    def was_cut(self) -> bool:
        return self._cut.is_set()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                client, _ = self._server.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    client.close()
                    continue
                Thread(target=self._pass_on, args=[client, server, False], daemon=True).start()
                Thread(target=self._pass_on, args=[server, client, True], daemon=True).start()

    def _pass_on(self, source: socket.socket, drain: socket.socket, answers: bool) -> None:
        said = 0
        with suppress(OSError):  # either was closed by the other thread
            while piece := source.recv(PIECE):
                if answers and self._most is not None:
                    said += len(piece)
                    if (too_much := self._too_much(said)) > 0:
                        drain.sendall(piece[:-too_much])
                        break
                drain.sendall(piece)
        for each in (source, drain):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _too_much(self, said: int) -> int:
        with self._lock:
            too_much = 0 if self._most is None else said - self._most
            if too_much > 0:
                self._most = None
                self._cut.set()
            return too_much


@contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
