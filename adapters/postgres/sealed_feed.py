"""The log as others are told of it: read without opening anything that is sealed in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from adapters.postgres.log import EventLog
from adapters.postgres.mapper import SealingMapper
from adapters.postgres.recorder import LoggedEvent
from domain.event import Recorded

POSITIONS, ROWS = 20_000, 1_000
"""Looked at and fetched, at most, for one page: whatever a page is to hold, it costs no more, and leads on."""


class SealedFeed:
    """Implements projections.projection.Feed. Personal fields are None in what it gives: it has nobody's key."""

    def __init__(self, log: EventLog) -> None:
        self._recorder = log.recorder
        self._mapper = SealingMapper(log.mapper.master, _no_keys)

    def read(self, after: int, limit: int, types: Sequence[str]) -> tuple[list[Recorded], int]:
        settled = self._settled()
        if settled <= after or limit == 0:
            return [], max(after, settled)
        stop = min(settled, after + limit)
        rows = self._recorder.select_notifications(after, limit, stop=stop, topics=types, inclusive_of_start=False)
        return self._recorded(rows), stop

    def of_organisation(
        self, organisation_id: UUID, after: int, types: Sequence[str]
    ) -> tuple[Iterator[Recorded], int]:
        """Its events of these types at some of the next positions, and the position that has been read up to."""
        stop = min(self._settled(), after + POSITIONS)
        if stop <= after:
            return iter(()), after
        rows = self._recorder.select_notifications(
            after, ROWS, stop=stop, topics=types, inclusive_of_start=False, organisation_id=organisation_id
        )
        reached = rows[-1].id if len(rows) == ROWS else stop
        return (each for row in rows for each in self._recorded([row])), reached

    def _settled(self) -> int:
        return self._recorder.max_notification_id() or 0

    def _recorded(self, rows: Sequence[LoggedEvent]) -> list[Recorded]:
        return self._mapper.to_recorded([replace(row, wrapped=None) for row in rows])


def _no_keys(_subjects: Sequence[UUID]) -> Mapping[UUID, bytes | None]:
    return {}
