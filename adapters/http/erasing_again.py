"""Keeps the doors shut until whoever came back with a restored backup was erased again."""

from threading import Event as Flag

from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.http.problems import ProblemError, problem

OPEN = ("/livez", "/readyz", "/metrics")
"""For those who run Hôte: they tell why it does not serve, and nothing of a guest."""


class ErasingAgain:
    """Middleware that answers 503 `erasing-again` until `settled` is set."""

    def __init__(self, app: ASGIApp, settled: Flag) -> None:
        self.app = app
        self.settled = settled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.settled.is_set() or scope["path"] in OPEN:
            await self.app(scope, receive, send)
        else:
            await problem(scope, ProblemError("erasing-again"))(scope, receive, send)
