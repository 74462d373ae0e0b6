"""The log as read models follow it."""

from collections.abc import Callable, Sequence

from adapters.postgres.log import EventLog
from domain.event import Recorded


class LogFeed:
    """Implements projections.projection.Feed; where `up_to` is given, it gives nothing beyond that position."""

    def __init__(self, log: EventLog, up_to: Callable[[], int] | None = None) -> None:
        self._log = log
        self._up_to = up_to

    def read(self, after: int, limit: int, types: Sequence[str]) -> tuple[list[Recorded], int]:
        settled = self._up_to() if self._up_to else self._log.recorder.max_notification_id() or 0
        if settled <= after or limit == 0:
            return [], max(after, settled)
        # Looks at `limit` positions, and not for `limit` events: far behind a log that grows, Postgres would
        # otherwise sort all that is left at each reading.
        stop = min(settled, after + limit)
        rows = self._log.recorder.select_notifications(after, limit, stop=stop, topics=types, inclusive_of_start=False)
        return self._log.mapper.to_recorded(rows), stop
