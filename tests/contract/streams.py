"""Clients that have the stream of the inbox open on a real server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from adapters.http.server import Server
from tests.contract.conftest import Api, Body
from tests.installation import answers, free_port
from tests.waiting import PATIENCE, eventually


class Heard(Thread):
    """A client that has a stream open, with each event it heard and when."""

    def __init__(self, port: int, api: Api, headers: dict[str, str] | None = None, **query: str) -> None:
        super().__init__(daemon=True)
        self._request: dict[str, Any] = {
            "url": f"http://127.0.0.1:{port}/v1/inbox/stream",
            "headers": {"Authorization": f"Bearer {api.key}"} | (headers or {}),
            "params": query,
        }
        self.status: int | None = None
        self.content_type = ""
        self.last_id = ""
        self.events: list[tuple[str, Body]] = []
        self.ended = False

    def run(self) -> None:
        with httpx.stream("GET", **self._request, timeout=PATIENCE) as answer:
            self.content_type = answer.headers["content-type"]
            self.status = answer.status_code
            name = ""
            for line in answer.iter_lines():
                field, _, value = line.partition(": ")
                match field:
                    case "id":
                        self.last_id = value
                    case "event":
                        name = value
                    case "data":
                        self.events.append((name, json.loads(value)))
        self.ended = True

    @property
    def open(self) -> bool:
        return self.last_id != ""

    @property
    def feedbacks(self) -> list[str]:
        return [data["feedback_id"] for name, data in self.events if name == "feedback"]


@contextmanager
def serving(app: FastAPI) -> Iterator[tuple[int, Server]]:
    port = free_port()
    server = Server(uvicorn.Config(app, port=port, log_config=None), app.state.inbox_changes)
    thread = Thread(target=server.run)
    thread.start()
    eventually(lambda: answers(port))
    try:
        yield port, server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


@contextmanager
def asked(port: int, api: Api, query: dict[str, str] | None = None) -> Iterator[httpx.Response]:
    """The answer to who asks for a stream; read where it has an end."""
    headers = {"Authorization": f"Bearer {api.key}"}
    with httpx.stream("GET", f"http://127.0.0.1:{port}/v1/inbox/stream", headers=headers, params=query) as answer:
        if not answer.is_success:
            answer.read()
        yield answer


def opened(port: int, *arguments: Any, **more: Any) -> Heard:
    """A stream that is open."""
    heard = Heard(port, *arguments, **more)
    heard.start()
    eventually(lambda: heard.open)
    assert heard.status == 200
    return heard
