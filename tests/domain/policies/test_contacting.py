"""Whether, how and when a guest gets a message about a stay: each thing that keeps it from them, and which is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from uuid import UUID

import pytest

from domain.contact import Profile
from domain.guest import Guest, Known
from domain.guest_events import BlockReason, GuestBlocked
from domain.invitation import Message, Reason
from domain.policies.contacting import Reach, hindrance, planned, reach
from domain.property import Channel, InvitationSettings, PostStay, PreStay, PropertySettings, QuietHours
from domain.stay import Stay

GUEST, STAY, HOTEL = UUID(int=1), UUID(int=2), UUID(int=3)
MAIL, OTHER_MAIL, MOBILE, OTHER_MOBILE = "ana@example.com", "a@work.example", "+33612345678", "+33612345679"
PRE, POST = Message.PRE_STAY, Message.POST_STAY

PARIS = PropertySettings(
    name="Hôtel du Port",
    country="FR",
    time_zone="Europe/Paris",
    currency="EUR",
    invitations=InvitationSettings(
        pre_stay=PreStay(enabled=True, delay=24),
        post_stay=PostStay(enabled=True, delay=24),
        quiet_hours=QuietHours(begin=11, end=15),
    ),
)
ANA = Guest(
    GUEST,
    version=2,
    known=Known("fr", "FR", Profile(last_name="Silva", emails=(MAIL, OTHER_MAIL), phones=(MOBILE,))),
    stays=MappingProxyType({STAY: Stay(property_id=HOTEL, arrival=date(2026, 7, 10), departure=date(2026, 7, 12))}),
)
BEFORE_DUE, AFTER_DUE = datetime(2026, 7, 8, 21, 59, tzinfo=UTC), datetime(2026, 7, 13, 10, tzinfo=UTC)
"""Midnight and noon in Paris are at 22:00 and 10:00."""


def forgotten(guest: Guest) -> Guest:
    return replace(guest, known=replace(guest.known, profile=None))


def without_stay(guest: Guest) -> Guest:
    return replace(guest, stays=MappingProxyType({}))


def silenced(guest: Guest) -> Guest:
    return replace(guest, silenced=frozenset([STAY]))


def unsubscribed(guest: Guest) -> Guest:
    return replace(guest, unsubscribed=True)


def blocked(guest: Guest, until: date | None = None) -> Guest:
    reason = BlockReason.NON_PAYMENT
    return replace(guest, block=GuestBlocked(originator_id=GUEST, originator_version=3, reason=reason, until=until))


def undeliverable(guest: Guest) -> Guest:
    return replace(guest, suppressed=frozenset([MAIL, OTHER_MAIL]))


def of(
    guest: Guest,
    message: Message = POST,
    *,
    now: datetime = BEFORE_DUE,
    hotel: PropertySettings = PARIS,
    to: Guest | None = None,
) -> object:
    """When a guest, or their contact person, whose only mobile numbers are those of the profile gets it, or why not."""
    to = to or guest
    mobiles = to.known.profile.phones if to.known.profile else ()
    return planned(hotel, guest, STAY, message, to, mobiles, now)


def against(guest: Guest, stay_id: UUID) -> Reason | None:
    return hindrance(guest, stay_id, date(2026, 7, 8), guest)


def settled(**changes: object) -> PropertySettings:
    return PARIS.model_copy(update={"invitations": PARIS.invitations.model_copy(update=changes)})


def test_nothing_keeps_it_from_a_guest_who_can_be_reached() -> None:
    assert of(ANA, PRE) == datetime(2026, 7, 8, 22, tzinfo=UTC)
    assert of(ANA, POST) == datetime(2026, 7, 13, 10, tzinfo=UTC)


Change = Callable[[Guest], Guest]

HINDRANCES: list[tuple[Change, Reason]] = [
    (without_stay, Reason.STAY_GONE),
    (forgotten, Reason.FORGOTTEN),
    (silenced, Reason.STAFF),
    (unsubscribed, Reason.UNSUBSCRIBED),
    (blocked, Reason.BLOCKED),
]
"""In the order in which they are told."""


@pytest.mark.parametrize(("change", "reason"), HINDRANCES)
@pytest.mark.parametrize("message", Message)
def test_what_keeps_any_message_from_a_guest(message: Message, change: Change, reason: Reason) -> None:
    assert against(change(ANA), STAY) is reason
    assert of(change(ANA), message) is reason
    asleep = settled(pre_stay=PreStay(), post_stay=PostStay())
    assert of(undeliverable(change(ANA)), message, now=AFTER_DUE, hotel=asleep) is reason


@pytest.mark.parametrize(("first", "second"), list(pairwise(HINDRANCES)))
def test_of_two_the_first_is_told(first: tuple[Change, Reason], second: tuple[Change, Reason]) -> None:
    (one, reason), (other, _) = first, second
    assert of(one(other(ANA))) is of(other(one(ANA))) is reason


def test_after_these_come_the_settings_the_dates_the_addresses_and_the_time() -> None:
    asleep = settled(post_stay=PostStay())
    bounced = undeliverable(replace(ANA, known=Known(profile=Profile(last_name="Silva", emails=(MAIL,)))))
    vague = replace(bounced, stays=MappingProxyType({STAY: Stay(property_id=HOTEL, arrival=date(2026, 7, 10))}))
    late = AFTER_DUE + timedelta(days=14, seconds=1)
    assert of(vague, now=late, hotel=asleep) is Reason.NOT_ENABLED
    assert of(vague, now=late) is Reason.NO_DATE
    assert of(bounced, now=late) is Reason.BOUNCED
    assert of(ANA, now=late) is Reason.TOO_LATE


def test_one_stay_of_which_staff_want_no_message_leaves_the_others() -> None:
    other = UUID(int=4)
    guest = replace(ANA, stays=MappingProxyType({**ANA.stays, other: ANA.stays[STAY]}), silenced=frozenset([other]))
    assert against(guest, STAY) is None
    assert against(guest, other) is Reason.STAFF


BRUNO = Guest(UUID(int=5), version=1, known=Known("it", "IT", Profile(last_name="Rossi", emails=("b@firm.example",))))
NO_ADDRESS = replace(BRUNO, known=Known(profile=Profile(last_name="Rossi")))


@pytest.mark.parametrize(
    ("guest", "contact_person", "expected"),
    [
        (ANA, BRUNO, AFTER_DUE),
        (unsubscribed(ANA), BRUNO, AFTER_DUE),
        (undeliverable(ANA), BRUNO, AFTER_DUE),
        (ANA, unsubscribed(BRUNO), Reason.UNSUBSCRIBED),
        (ANA, blocked(BRUNO), Reason.BLOCKED),
        (ANA, NO_ADDRESS, Reason.UNREACHABLE),
        (ANA, replace(BRUNO, suppressed=frozenset(["b@firm.example"])), Reason.BOUNCED),
        (blocked(ANA), BRUNO, Reason.BLOCKED),
        (silenced(ANA), BRUNO, Reason.STAFF),
        (forgotten(ANA), BRUNO, Reason.FORGOTTEN),
        (without_stay(ANA), BRUNO, Reason.STAY_GONE),
    ],
)
def test_a_contact_person_is_written_to_if_they_may_be_and_else_nobody_is(
    guest: Guest, contact_person: Guest, expected: datetime | Reason
) -> None:
    assert of(guest, to=contact_person) == expected


class TestBlocked:
    @pytest.mark.parametrize("until", [None, date(2026, 7, 14), date(2026, 7, 13)])
    def test_for_good_or_until_and_with_a_day(self, until: date | None) -> None:
        assert of(blocked(ANA, until)) is Reason.BLOCKED

    def test_who_is_welcome_again_by_the_day_it_is_due_gets_it(self) -> None:
        assert of(blocked(ANA, date(2026, 7, 12))) == of(ANA)

    def test_what_is_overdue_is_judged_by_today(self) -> None:
        next_day = AFTER_DUE + timedelta(days=1)
        assert of(blocked(ANA, date(2026, 7, 13)), now=next_day) == of(ANA)
        assert of(blocked(ANA, date(2026, 7, 14)), now=next_day) is Reason.BLOCKED

    def test_a_day_is_one_of_the_property(self) -> None:
        """At 22:00 UTC the next day has begun in Paris."""
        until = blocked(ANA, date(2026, 7, 8))
        assert of(until, PRE) == of(ANA, PRE)
        assert of(blocked(ANA, date(2026, 7, 9)), PRE) is Reason.BLOCKED


class TestReach:
    @pytest.mark.parametrize(
        ("preferred", "emails", "suppressed", "mobiles", "expected"),
        [
            (Channel.EMAIL, (MAIL, OTHER_MAIL), (), (MOBILE,), Reach(Channel.EMAIL, MAIL)),
            (Channel.EMAIL, (MAIL, OTHER_MAIL), (MAIL,), (MOBILE,), Reach(Channel.EMAIL, OTHER_MAIL)),
            (Channel.EMAIL, (MAIL,), (MAIL,), (MOBILE,), Reach(Channel.SMS, MOBILE)),
            (Channel.EMAIL, (), (), (MOBILE, OTHER_MOBILE), Reach(Channel.SMS, MOBILE)),
            (Channel.SMS, (MAIL,), (), (OTHER_MOBILE, MOBILE), Reach(Channel.SMS, OTHER_MOBILE)),
            (Channel.SMS, (MAIL,), (), (), Reach(Channel.EMAIL, MAIL)),
            (Channel.SMS, (MAIL,), (MAIL,), (), Reason.BOUNCED),
            (Channel.EMAIL, (MAIL, OTHER_MAIL), (MAIL, OTHER_MAIL), (), Reason.BOUNCED),
            (Channel.EMAIL, (), (), (), Reason.UNREACHABLE),
            (Channel.SMS, (), (), (), Reason.UNREACHABLE),
        ],
    )
    def test_by_the_preferred_channel_if_it_can_be_else_by_the_other(
        self,
        preferred: Channel,
        emails: tuple[str, ...],
        suppressed: tuple[str, ...],
        mobiles: tuple[str, ...],
        expected: Reach | Reason,
    ) -> None:
        known = Known(profile=Profile(last_name="Silva", emails=emails))
        guest = replace(ANA, known=known, suppressed=frozenset(suppressed))
        assert reach(guest, preferred, mobiles) == expected

    def test_nobody_who_was_forgotten_is_reached(self) -> None:
        assert reach(forgotten(ANA), Channel.EMAIL, ()) is Reason.UNREACHABLE

    @pytest.mark.parametrize("message", Message)
    def test_each_message_prefers_its_own_channel_and_an_sms_waits_for_the_end_of_quiet_hours(
        self, message: Message
    ) -> None:
        quiet = QuietHours(begin=23, end=15)
        by_sms = settled(
            quiet_hours=quiet,
            pre_stay=PreStay(enabled=True, delay=24, channel=Channel.SMS if message is PRE else Channel.EMAIL),
            post_stay=PostStay(enabled=True, delay=24, channel=Channel.SMS if message is POST else Channel.EMAIL),
        )
        other = POST if message is PRE else PRE
        day = date(2026, 7, 9) if message is PRE else date(2026, 7, 13)
        assert of(ANA, message, hotel=by_sms) == datetime(day.year, day.month, day.day, 13, tzinfo=UTC)
        assert of(ANA, other, hotel=by_sms) == of(ANA, other)

    def test_quiet_hours_hold_for_an_sms_that_takes_the_place_of_a_mail_too(self) -> None:
        assert of(undeliverable(ANA)) == datetime(2026, 7, 13, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "now", "late"),
    [
        (PRE, datetime(2026, 7, 9, 12, tzinfo=UTC), False),
        (PRE, datetime(2026, 7, 10, 9, 59, tzinfo=UTC), False),
        (PRE, datetime(2026, 7, 10, 10, tzinfo=UTC), True),
        (POST, AFTER_DUE + timedelta(days=14), False),
        (POST, AFTER_DUE + timedelta(days=14, seconds=1), True),
    ],
)
def test_what_became_known_late_is_sent_at_once_or_not_at_all(message: Message, now: datetime, late: bool) -> None:
    assert of(ANA, message, now=now) == (Reason.TOO_LATE if late else of(ANA, message))
