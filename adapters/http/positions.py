"""Hote-Position and Hote-At-Least: a client reads what it has just written."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Header

from adapters.http.problems import ProblemError

HOTE_POSITION = "Hote-Position"
"""Header of a command's answer: the log position it reached."""

PATIENCE = 5.0
"""Seconds that a query waits for its read model."""

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25
"""Seconds between two looks at the read model; each is twice the one before."""

Progress = Callable[[str], tuple[int, int]]
"""Of a projection: the position it has reached, and the last that the log has given out."""


def at_least(projection: str, progress: Progress) -> Callable[[int | None], Awaitable[None]]:
    """A dependency for the queries of a read model, which waits as Hote-At-Least asks, or answers `not-yet`.

    Who waits holds neither a thread nor a connection, and nobody waits for what was never written.
    """

    async def reached(
        hote_at_least: Annotated[
            int | None, Header(ge=0, lt=2**63, description="A `Hote-Position` that the answer must include.")
        ] = None,
    ) -> None:
        if hote_at_least is None:
            return
        deadline, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
        while True:
            position, given_out = await run_sync(progress, projection)
            if hote_at_least <= position:
                return
            if hote_at_least > given_out or time.monotonic() > deadline:
                raise ProblemError("not-yet")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    return reached
