"""What a command does that lost a race: it reads again and decides again."""

from collections.abc import Callable
from typing import TypeVar

from application.ports import ConcurrentChange
from domain.refusal import Refusal

Result = TypeVar("Result")

ATTEMPTS = 5


def persistently(
    attempt: Callable[[], Result], lost: tuple[type[Refusal], ...] = (ConcurrentChange,), attempts: int = ATTEMPTS
) -> Result:
    """`attempt` reads and decides anew each time; the last race lost is the caller's to hear of."""
    for _ in range(attempts - 1):
        try:
            return attempt()
        except lost:
            continue
    return attempt()
