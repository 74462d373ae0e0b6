"""Keeps the doors shut until the read models have followed the last erasure, also one that a restored backup undid."""

from threading import Event as Flag

from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.http.problems import ProblemError, problem

OPEN = ("/livez", "/readyz", "/metrics")
"""For those who run Hôte: they tell why it does not serve, and nothing of a guest."""


class StillErasing:
    """Middleware that answers 503 `still-erasing` until `all_erased` is set."""

    def __init__(self, app: ASGIApp, all_erased: Flag) -> None:
        self.app = app
        self.all_erased = all_erased

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.all_erased.is_set() or scope["path"] in OPEN:
            await self.app(scope, receive, send)
        else:
            await problem(scope, ProblemError("still-erasing"))(scope, receive, send)
