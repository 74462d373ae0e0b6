"""When messages go out by the clocks of a property, also when these are changed: tables of cases, and an onlooker."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.invitation import Message, Reason
from domain.policies.invitation_timing import due_at, is_too_late, last_at, next_at, not_before
from domain.property import Channel, InvitationSettings, PostStay, PreStay, PropertySettings, QuietHours
from domain.stay import Stay

PRE, POST = Message.PRE_STAY, Message.POST_STAY
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def house(zone: str, delay: int = 0, hour: int | None = None) -> PropertySettings:
    """Both messages are on, with the same delay and hour."""
    return PropertySettings(
        name="Hôtel du Port",
        country="FR",
        time_zone=zone,
        currency="EUR",
        invitations=InvitationSettings(
            pre_stay=PreStay(enabled=True, delay=delay, hour=hour),
            post_stay=PostStay(enabled=True, delay=delay, hour=hour),
        ),
    )


def stay(day: date) -> Stay:
    """Whose arrival, or departure, is what the message is counted from."""
    return Stay(property_id=UUID(int=1), arrival=day, departure=day)


def local(text: str, zone: ZoneInfo) -> datetime:
    """A local time; with `*`, its second occurrence."""
    return datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=zone, fold=text.endswith("*")).astimezone(UTC)


@pytest.mark.parametrize(
    ("message", "zone", "day", "delay", "hour", "expected"),
    [
        # an ordinary summer
        (PRE, "Europe/Paris", "2025-07-10", 0, None, "2025-07-10T00:00"),
        (PRE, "Europe/Paris", "2025-07-10", 72, None, "2025-07-07T00:00"),
        (PRE, "Europe/Paris", "2025-07-10", 72, 10, "2025-07-06T10:00"),
        (PRE, "Europe/Paris", "2025-07-10", 72, 0, "2025-07-07T00:00"),
        (PRE, "Europe/Paris", "2025-07-10", 14, 10, "2025-07-09T10:00"),
        (POST, "Europe/Paris", "2025-07-10", 0, None, "2025-07-10T12:00"),
        (POST, "Europe/Paris", "2025-07-10", 24, None, "2025-07-11T12:00"),
        (POST, "Europe/Paris", "2025-07-10", 24, 12, "2025-07-11T12:00"),
        (POST, "Europe/Paris", "2025-07-10", 24, 11, "2025-07-12T11:00"),
        (POST, "Europe/Paris", "2025-07-10", 0, 18, "2025-07-10T18:00"),
        (POST, "Asia/Kathmandu", "2025-07-10", 1, 9, "2025-07-11T09:00"),
        # clocks go forward: a delay is that many real hours, an hour that is skipped comes as late as it would have
        (POST, "Europe/Paris", "2025-03-29", 24, None, "2025-03-30T13:00"),
        (POST, "Europe/Paris", "2025-03-29", 24, 12, "2025-03-31T12:00"),
        (POST, "Europe/Paris", "2025-03-29", 23, 12, "2025-03-30T12:00"),
        (POST, "Europe/Paris", "2025-03-29", 0, 2, "2025-03-30T03:00"),
        (PRE, "Europe/Paris", "2025-03-31", 24, None, "2025-03-29T23:00"),
        (PRE, "Europe/Paris", "2025-03-31", 12, 2, "2025-03-30T03:00"),
        (POST, "America/New_York", "2025-03-08", 24, None, "2025-03-09T13:00"),
        (POST, "America/New_York", "2025-03-08", 0, 2, "2025-03-09T03:00"),
        (POST, "Australia/Lord_Howe", "2025-10-04", 24, None, "2025-10-05T12:30"),
        (POST, "Australia/Lord_Howe", "2025-10-04", 0, 2, "2025-10-05T02:30"),
        (POST, "Africa/Casablanca", "2025-04-05", 24, None, "2025-04-06T13:00"),
        # clocks go back: of an hour that is shown twice, the first one after a stay, and the last one before it
        (POST, "Europe/Paris", "2025-10-25", 24, None, "2025-10-26T11:00"),
        (POST, "Europe/Paris", "2025-10-25", 24, 12, "2025-10-26T12:00"),
        (POST, "Europe/Paris", "2025-10-25", 0, 2, "2025-10-26T02:00"),
        (POST, "Europe/Paris", "2025-10-25", 15, 2, "2025-10-26T02:00*"),
        (POST, "Europe/Paris", "2025-10-25", 16, 2, "2025-10-27T02:00"),
        (PRE, "Europe/Paris", "2025-10-27", 24, None, "2025-10-26T01:00"),
        (PRE, "Europe/Paris", "2025-10-27", 0, 2, "2025-10-26T02:00*"),
        (PRE, "Europe/Paris", "2025-10-27", 23, 2, "2025-10-26T02:00"),
        (PRE, "America/New_York", "2025-11-03", 24, None, "2025-11-02T01:00"),
        (POST, "America/New_York", "2025-11-01", 24, 12, "2025-11-02T12:00"),
        (POST, "Australia/Lord_Howe", "2025-04-05", 24, None, "2025-04-06T11:30"),
        (POST, "Africa/Casablanca", "2025-02-22", 24, None, "2025-02-23T11:00"),
        # midnight itself is skipped, and shown twice
        (PRE, "America/Havana", "2025-03-09", 0, None, "2025-03-09T01:00"),
        (PRE, "America/Havana", "2025-11-02", 0, None, "2025-11-02T00:00"),
        # Samoa had no 30 December 2011
        (POST, "Pacific/Apia", "2011-12-29", 24, None, "2011-12-31T12:00"),
        (POST, "Pacific/Apia", "2011-12-29", 0, 10, "2011-12-31T10:00"),
        (PRE, "Pacific/Apia", "2011-12-31", 0, 10, "2011-12-29T10:00"),
        (PRE, "Pacific/Apia", "2012-01-01", 24, None, "2011-12-31T00:00"),
        (POST, "Pacific/Apia", "2011-12-30", 0, None, "2011-12-31T12:00"),
    ],
)
def test_when_it_is_due_by_the_clocks_of_the_property(
    message: Message, zone: str, day: str, delay: int, hour: int | None, expected: str
) -> None:
    due = due_at(house(zone, delay, hour), message, stay(date.fromisoformat(day)))
    assert due == local(expected, ZoneInfo(zone))


@pytest.mark.parametrize("message", Message)
def test_each_message_is_counted_from_its_own_day_and_by_its_own_settings(message: Message) -> None:
    nowhere = Stay(property_id=UUID(int=1))
    arrives, leaves = (Stay(property_id=UUID(int=1), **{name: date(2025, 7, 10)}) for name in ("arrival", "departure"))
    known, unknown = (arrives, leaves) if message is PRE else (leaves, arrives)
    assert isinstance(due_at(house("UTC"), message, known), datetime)
    assert due_at(house("UTC"), message, unknown) is due_at(house("UTC"), message, nowhere) is Reason.NO_DATE
    off = house("UTC").invitations.model_copy(update={message.value: PreStay() if message is PRE else PostStay()})
    asleep = house("UTC").model_copy(update={"invitations": off})
    assert due_at(asleep, message, known) is due_at(asleep, message, nowhere) is Reason.NOT_ENABLED
    other = POST if message is PRE else PRE
    assert isinstance(due_at(asleep, other, stay(date(2025, 7, 10))), datetime)


@pytest.mark.parametrize(
    ("message", "now", "expected"),
    [
        (PRE, "2025-10-26T11:59:59", False),
        (PRE, "2025-10-26T12:00", True),
        (POST, "2025-11-09T12:00", False),
        (POST, "2025-11-09T12:00:01", True),
        (POST, "2025-10-01T00:00", False),
    ],
)
def test_it_is_too_late_once_guests_may_have_arrived_and_two_weeks_after_it_was_due(
    message: Message, now: str, expected: bool
) -> None:
    paris, staying = house("Europe/Paris"), stay(date(2025, 10, 26))
    due = due_at(paris, message, staying)
    assert isinstance(due, datetime)
    assert is_too_late(paris, message, staying, due, local(now, paris.zone)) is expected


PARIS = ZoneInfo("Europe/Paris")
BY_NIGHT, BY_DAY = QuietHours(begin=21, end=9), QuietHours(begin=12, end=14)


@pytest.mark.parametrize(
    ("quiet", "moment", "expected"),
    [
        (BY_NIGHT, "2025-07-10T20:59:59", "2025-07-10T20:59:59"),
        (BY_NIGHT, "2025-07-10T21:00", "2025-07-11T09:00"),
        (BY_NIGHT, "2025-07-11T00:00", "2025-07-11T09:00"),
        (BY_NIGHT, "2025-07-11T08:59:59", "2025-07-11T09:00"),
        (BY_NIGHT, "2025-07-11T09:00", "2025-07-11T09:00"),
        (BY_NIGHT, "2025-03-29T22:00", "2025-03-30T09:00"),
        (BY_NIGHT, "2025-10-26T02:30*", "2025-10-26T09:00"),
        (BY_DAY, "2025-07-10T11:59", "2025-07-10T11:59"),
        (BY_DAY, "2025-07-10T12:00", "2025-07-10T14:00"),
        (BY_DAY, "2025-07-10T14:00", "2025-07-10T14:00"),
        (QuietHours(begin=0, end=6), "2025-07-10T00:00", "2025-07-10T06:00"),
        (QuietHours(begin=22, end=0), "2025-07-10T23:00", "2025-07-11T00:00"),
        (QuietHours(begin=22, end=2), "2025-03-30T01:30", "2025-03-30T03:00"),
        (QuietHours(begin=22, end=2), "2025-10-26T01:30", "2025-10-26T02:00"),
        (QuietHours(begin=2, end=3), "2025-10-26T02:30", "2025-10-26T03:00"),
        (QuietHours(begin=9, end=9), "2025-07-10T09:00", "2025-07-10T09:00"),
    ],
)
def test_no_sms_goes_out_in_quiet_hours_and_any_mail_does(quiet: QuietHours, moment: str, expected: str) -> None:
    now = local(moment, PARIS)
    assert not_before(now, Channel.SMS, quiet, PARIS) == local(expected, PARIS)
    assert not_before(now, Channel.EMAIL, quiet, PARIS) == now


def test_clocks_that_were_put_back_over_midnight_show_the_hour_once_more() -> None:
    """In Newfoundland 00:01 was followed by 23:01 of the day before, until 2011."""
    zone = ZoneInfo("America/St_Johns")
    assert next_at(local("2010-11-06T23:30*", zone), 0, zone) == local("2010-11-07T00:00*", zone)


CHANGES = {
    "Europe/Paris": ("2025-03-30T01:00", "2025-10-26T01:00"),
    "America/New_York": ("2025-03-09T07:00", "2025-11-02T06:00"),
    "America/Havana": ("2025-03-09T05:00", "2025-11-02T05:00"),
    "Australia/Lord_Howe": ("2025-04-05T15:00", "2025-10-04T15:30"),
    "Africa/Casablanca": ("2025-02-23T02:00", "2025-04-06T02:00"),
    "Pacific/Apia": ("2011-12-30T10:00", "2011-09-24T11:00"),
    "Asia/Kathmandu": ("2025-07-10T00:00",),
}
"""In UTC, when the clocks of a zone were changed."""

zones_and_moments = st.sampled_from(sorted(CHANGES)).flatmap(
    lambda zone: st.tuples(
        st.just(ZoneInfo(zone)),
        st.builds(
            lambda change, shift: datetime.fromisoformat(change).replace(tzinfo=UTC) + shift * QUARTER,
            st.sampled_from(CHANGES[zone]),
            st.integers(-4 * 50, 4 * 50),
        ),
    )
)
hours = st.integers(0, 23)


def walls(moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """What a clock shows, and besides, for as long as clocks had skipped, what one shows that nobody put forward."""
    plain = moment.replace(tzinfo=None)
    ahead = offset(moment, zone)
    yield plain + ahead
    for skipped in (2 * QUARTER, HOUR, 24 * HOUR):
        before = offset(moment - skipped, zone)
        if ahead - before == skipped:
            yield plain + before


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    found = moment.astimezone(zone).utcoffset()
    assert found is not None
    return found


def seen(moment: datetime, hour: int, zone: ZoneInfo, step: timedelta) -> datetime:
    """When somebody who looks at the clock every quarter of an hour sees the full hour first."""
    while all(wall.time() != time(hour) for wall in walls(moment, zone)):
        moment += step
    return moment


@settings(deadline=None)
@given(zones_and_moments, hours)
@example((ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 10, 30, tzinfo=UTC)), 10)
@example((ZoneInfo("Europe/Paris"), datetime(2025, 10, 26, 1, 0, tzinfo=UTC)), 2)
@example((ZoneInfo("Europe/Paris"), datetime(2025, 3, 30, 1, 0, tzinfo=UTC)), 2)
def test_an_hour_comes_when_an_onlooker_sees_it(where: tuple[ZoneInfo, datetime], hour: int) -> None:
    zone, moment = where
    assert next_at(moment, hour, zone) == seen(moment, hour, zone, QUARTER)
    assert last_at(moment, hour, zone) == seen(moment, hour, zone, -QUARTER)


days_of_changes = st.sampled_from(sorted(CHANGES)).flatmap(
    lambda zone: st.tuples(
        st.just(zone),
        st.builds(
            lambda change, shift: date.fromisoformat(change[:10]) + timedelta(shift),
            st.sampled_from(CHANGES[zone]),
            st.integers(-4, 4),
        ),
    )
)


@given(days_of_changes, st.integers(0, 100), hours)
def test_an_hour_makes_a_message_wait_for_a_day_at_most(where: tuple[str, date], delay: int, hour: int) -> None:
    zone, day = where
    for message in Message:
        at_once = due_at(house(zone, delay), message, stay(day))
        at_hour = due_at(house(zone, delay, hour), message, stay(day))
        assert isinstance(at_once, datetime)
        assert isinstance(at_hour, datetime)
        waits = at_hour - at_once if message is POST else at_once - at_hour
        assert timedelta() <= waits <= 25 * HOUR
        assert hour in {wall.hour for wall in walls(at_hour, ZoneInfo(zone))}


@given(zones_and_moments, hours, hours)
@example((ZoneInfo("Pacific/Apia"), datetime(2011, 9, 24, 11, 0, tzinfo=UTC)), 4, 3)
def test_after_quiet_hours_it_is_quiet_no_more(where: tuple[ZoneInfo, datetime], begin: int, end: int) -> None:
    zone, moment = where
    allowed = not_before(moment, Channel.SMS, QuietHours(begin=begin, end=end), zone)
    is_quiet = {(begin + passed) % 24 for passed in range((end - begin) % 24)}
    assert moment <= allowed <= moment + 25 * HOUR

    def may_be_sent(at: datetime) -> bool:
        """Also at what stands for the end, where clocks skip that."""
        return at.astimezone(zone).hour not in is_quiet or time(end) in {wall.time() for wall in walls(at, zone)}

    assert (allowed == moment) is may_be_sent(moment)
    assert may_be_sent(allowed)
