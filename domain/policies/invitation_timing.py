"""When a message before or after a stay goes out, by the clocks of the property, also when these are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.invitation import Message, Reason
from domain.property import Channel, PropertySettings, QuietHours
from domain.stay import Stay

TOO_LATE = timedelta(days=14)
"""After it was due, an invitation to review is asked for no more: who comes home late still gets theirs."""

NOON, MIDNIGHT = time(12), time(0)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def due_at(settings: PropertySettings, message: Message, stay: Stay) -> datetime | Reason:
    """When the message is to go out, in UTC; or why there is no such time."""
    zone = settings.zone
    if message is Message.PRE_STAY:
        before = settings.invitations.pre_stay
        if not before.enabled:
            return Reason.NOT_ENABLED
        if stay.arrival is None:
            return Reason.NO_DATE
        moment = local(stay.arrival, MIDNIGHT, zone) - before.delay * HOUR
        return moment if before.hour is None else last_at(moment, before.hour, zone)
    after = settings.invitations.post_stay
    if not after.enabled:
        return Reason.NOT_ENABLED
    if stay.departure is None:
        return Reason.NO_DATE
    moment = local(stay.departure, NOON, zone) + after.delay * HOUR
    return moment if after.hour is None else next_at(moment, after.hour, zone)


def is_too_late(settings: PropertySettings, message: Message, stay: Stay, due: datetime, now: datetime) -> bool:
    """Before a stay: once the guest may have arrived, at noon of the day. After it: two weeks after it was due."""
    if message is Message.POST_STAY:
        return now > due + TOO_LATE
    return stay.arrival is not None and now >= local(stay.arrival, NOON, settings.zone)


def not_before(moment: datetime, channel: Channel, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """The moment itself, or for an SMS in quiet hours their end."""
    if channel is not Channel.SMS or quiet.begin == quiet.end:
        return moment
    hour = moment.astimezone(zone).hour
    over_midnight = quiet.begin > quiet.end
    is_quiet = hour >= quiet.begin or hour < quiet.end if over_midnight else quiet.begin <= hour < quiet.end
    return next_at(moment, quiet.end, zone) if is_quiet else moment


def local(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """That moment in UTC. What clocks skip is taken as if they had not; of what they show twice, the first."""
    return datetime.combine(day, hour, zone).astimezone(UTC)


def next_at(moment: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The first time from the moment on that clocks show the full hour."""
    today = moment.astimezone(zone).date()
    return min(each for number in (0, 1) for each in showings(today + number * DAY, hour, zone) if each >= moment)


def last_at(moment: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The last time up to the moment that clocks show the full hour; the day before can have been skipped."""
    today = moment.astimezone(zone).date()
    return max(each for number in (0, 1, 2) for each in showings(today - number * DAY, hour, zone) if each <= moment)


def showings(day: date, hour: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When clocks show the full hour on a day: for the first and the last time, mostly the same; skipped as `local`."""
    first = local(day, time(hour), zone)
    return first, max(first, local(day, time(hour, fold=1), zone))
