"""Hote-Position and Hote-At-Least: a client reads what it has just written."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header

from adapters.http.problems import ProblemError

HOTE_POSITION = "Hote-Position"
"""Header of a command's answer: the log position it reached."""

PATIENCE = 5.0
"""Seconds that a query waits for its read model."""

WaitFor = Callable[[str, int, float], bool]
"""Of a projection, a position and seconds: waits, and says whether the projection is there."""


def at_least(projection: str, wait_for: WaitFor) -> Callable[[int | None], None]:
    """A dependency for the queries of a read model, which waits as Hote-At-Least asks, or answers `not-yet`."""

    def reached(
        hote_at_least: Annotated[
            int | None, Header(ge=0, lt=2**63, description="A `Hote-Position` that the answer must include.")
        ] = None,
    ) -> None:
        if hote_at_least is not None and not wait_for(projection, hote_at_least, PATIENCE):
            raise ProblemError("not-yet", headers={"Retry-After": "1"})

    return reached
