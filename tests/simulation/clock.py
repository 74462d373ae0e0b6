"""What clocks in a zone of whole hours show, found by walking from hour to hour instead of reckoning."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


class Clock(NamedTuple):
    zone: ZoneInfo

    def wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def when(self, day: date, hour: int) -> datetime:
        """When it first shows the full hour, or what follows it where it is skipped."""
        moment = datetime.combine(day, time(), UTC) - 48 * HOUR
        while self.wall(moment) < datetime.combine(day, time(hour)):
            moment += HOUR
        return moment

    def shows(self, full_hour: datetime, hour: int) -> bool:
        """Also where the hour was skipped just then."""
        before, now = self.wall(full_hour - HOUR).hour, self.wall(full_hour).hour
        return now == hour or ((before + 1) % 24 == hour and now == (hour + 1) % 24)

    def after_quiet_hours(self, moment: datetime, begin: int, end: int) -> datetime:
        """The moment itself where it is not quiet."""
        quiet = {(begin + passed) % 24 for passed in range((end - begin) % 24)}
        while self.wall(moment).hour in quiet:
            moment = moment.replace(minute=0, second=0, microsecond=0) + HOUR
        return moment
