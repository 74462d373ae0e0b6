"""How long feedback has waited for an answer, counting only while its property was open."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.opening_hours import DAY, OpeningHours

WEEK = timedelta(weeks=1)
A_MONDAY = datetime(1, 1, 1, tzinfo=UTC)
"""Before all others."""


def elapsed(
    hours: OpeningHours | None, zone: ZoneInfo, spans: Iterable[tuple[datetime, datetime | None]], now: datetime
) -> timedelta:
    """Real time of these spans that passed while the clocks on the walls of `zone` showed open hours.

    In the hour that clocks show twice the time counts twice, the hour they leave out does not count. All moments are
    aware; a span without an end goes on until `now`, and spans do not overlap. `hours` None is open around the clock.
    """
    total = timedelta()
    week = None if hours is None else hours.week()
    for begin, end in spans:
        since, until = begin.astimezone(UTC), (end or now).astimezone(UTC)
        if until > since:
            total += until - since if week is None else open_between(week, zone, since, until)
    return total


def open_between(
    week: Sequence[tuple[timedelta, timedelta]], zone: ZoneInfo, since: datetime, until: datetime
) -> timedelta:
    """Both moments in UTC. Between two changes of the clocks these run as time does: a few pieces for many years."""
    changes = (change for year in range(since.year, until.year + 1) for change in changes_of_clocks(zone, year))
    pieces = pairwise([since, *(change for change in changes if since < change < until), until])
    total = timedelta()
    for begin, end in pieces:
        ahead = offset(begin, zone)
        total += open_until(week, end + ahead) - open_until(week, begin + ahead)
    return total


def open_until(week: Sequence[tuple[timedelta, timedelta]], shown: datetime) -> timedelta:
    """Open time from a Monday long ago to what the clocks show, had they never been changed."""
    weeks, rest = divmod(shown - A_MONDAY, WEEK)
    return sum(
        (weeks * (closes - opens) + max(min(rest, closes) - opens, timedelta()) for opens, closes in week), timedelta()
    )


@lru_cache(maxsize=1024)
def changes_of_clocks(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """The moments of a year, as UTC counts it, at which the zone's clocks are put forward or back."""
    found = []
    new_year = datetime(year, 1, 1, tzinfo=UTC)
    for before, after in pairwise(new_year + number * DAY for number in range(-1, 367)):
        if offset(before, zone) == offset(after, zone):
            continue
        while after - before > timedelta.resolution:
            middle = before + (after - before) // 2
            before, after = (middle, after) if offset(middle, zone) == offset(before, zone) else (before, middle)
        if after.year == year:
            found.append(after)
    return tuple(found)


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    """How far the zone's clocks are ahead of UTC at a moment in UTC."""
    return moment.astimezone(zone).replace(tzinfo=UTC) - moment
