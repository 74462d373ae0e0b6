"""How much a client may send: the size of a body, and the number of requests."""

from collections.abc import Callable, Mapping
from itertools import islice
from math import ceil

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http.problems import ProblemError, problem

SECOND = 1_000_000_000  # in nanoseconds


class BodyLimit:
    """Middleware that refuses bodies over `default` bytes, or over what `by_path` allows at an exact path.

    Starlette has such a limiter, but it answers in plain text.
    """

    def __init__(self, app: ASGIApp, default: int, by_path: Mapping[str, int]) -> None:
        self.app = app
        self.default = default
        self.by_path = by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        most = self.by_path.get(scope["path"], self.default)
        too_large = ProblemError("body-too-large", f"At most {most} bytes can be sent here.")
        started = False
        left = most

        async def receive_within_limit() -> Message:
            nonlocal left
            message = await receive() if left >= 0 else {}  # after the end there is nothing to wait for
            left -= len(message.get("body", b""))
            if left < 0:
                raise too_large
            return message

        async def send_and_see(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            declared = Headers(scope=scope).get("content-length", "")
            if declared.isdecimal() and int(declared) > most:
                raise too_large
            await self.app(scope, receive_within_limit, send_and_see)
        except ProblemError as error:
            if error is not too_large or started:
                raise
            await problem(scope, error)(scope, receive, send)


class Allowance:
    """How many requests each caller may make: `burst` at once, and `per_second` in the long run.

    A token bucket, kept as the time at which a caller's bucket is full again (GCRA): one number per caller.
    In memory and per process, so several processes allow as many times more. `clock` gives nanoseconds and
    never goes back.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], int]) -> None:
        self._refill = round(SECOND / per_second)
        self._capacity = burst * self._refill
        self._clock = clock
        self._full_at: dict[str, int] = {}

    def take(self, caller: str) -> int:
        """0 when the caller may go on, else the whole seconds to wait before trying again."""
        now = self._clock()
        full_at = max(now, self._full_at.pop(caller, now))
        short = full_at + self._refill - now - self._capacity
        self._full_at[caller] = full_at if short > 0 else full_at + self._refill
        self._forget_the_idle(now)
        return max(0, ceil(short / SECOND))

    def _forget_the_idle(self, now: int) -> None:
        """Looks at the two callers unseen for longest, so that what is kept stays bounded by who is active."""
        for caller in list(islice(self._full_at, 2)):
            if self._full_at[caller] <= now:
                del self._full_at[caller]


class RateLimit:
    """Middleware that answers 429 to a caller who asks too much.

    `caller` gives the id of who authenticated, from the scope as authentication left it, or None for a public
    page. It is called in the event loop, so it must not wait for anything.
    """

    def __init__(self, app: ASGIApp, allowance: Allowance, caller: Callable[[Scope], str | None]) -> None:
        self.app = app
        self.allowance = allowance
        self.caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = self.caller(scope) if scope["type"] == "http" else None
        wait = self.allowance.take(caller) if caller else 0
        if wait:
            limited = ProblemError("rate-limited", headers={"Retry-After": str(wait)})
            return await problem(scope, limited)(scope, receive, send)
        return await self.app(scope, receive, send)
