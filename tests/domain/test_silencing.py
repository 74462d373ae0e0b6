"""Given what happened to a guest, when they are to get no more messages, then this happens; or is refused."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from domain import erasing, registering, silencing
from domain.contact import Profile
from domain.guest import Guest, GuestForgotten, GuestUnknown, Known, fold
from domain.guest_events import (
    AddressSuppressed,
    BlockReason,
    CommunicationCancelled,
    GuestBlocked,
    GuestEvent,
    GuestUnblocked,
    GuestUnsubscribed,
)
from domain.stay import Stay
from domain.staying import correct_latest_stay, record_stay
from tests.domain.told import GUEST, PROPERTIES, registered

ZOE = Known("fr", "FR", Profile(last_name="Lefèvre", emails=("zoe@example.com", "z@work.example")))
STAY, OTHER_STAY = UUID(int=10), UUID(int=11)
DAMAGE, FRAUD = BlockReason.DAMAGE, BlockReason.FRAUD


def staying(*stay_ids: UUID) -> Guest:
    guest = fold(Guest(GUEST), registered(ZOE))
    for number, stay_id in enumerate(stay_ids):
        stay = Stay(property_id=PROPERTIES[0], arrival=date(2026, 11, 1 + number))
        guest = fold(guest, record_stay(guest, stay, stay_id))
    return guest


def gone(guest: Guest) -> Guest:
    return fold(guest, erasing.delete(guest))


def anonymised(guest: Guest) -> Guest:
    return fold(guest, erasing.anonymise(guest, UUID(int=99)))


class TestCancellingCommunication:
    def test_it_is_for_the_stays_that_are_known_now(self) -> None:
        guest = staying(STAY, OTHER_STAY)
        [event] = silencing.cancel_communication(guest)
        assert event == CommunicationCancelled(originator_id=GUEST, originator_version=4, stay_ids=(STAY, OTHER_STAY))
        assert fold(guest, [event]).silenced == {STAY, OTHER_STAY}

    def test_again_it_is_for_those_that_came_since(self) -> None:
        silent = fold(staying(STAY), silencing.cancel_communication(staying(STAY)))
        assert silencing.cancel_communication(silent) == []
        stay = Stay(property_id=PROPERTIES[1], arrival=date(2026, 12, 1))
        back = fold(silent, record_stay(silent, stay, OTHER_STAY))
        assert back.silenced == {STAY}
        [event] = silencing.cancel_communication(back)
        assert event == CommunicationCancelled(originator_id=GUEST, originator_version=5, stay_ids=(OTHER_STAY,))
        assert fold(back, [event]).silenced == {STAY, OTHER_STAY}

    def test_a_stay_told_better_stays_silent(self) -> None:
        silent = fold(staying(STAY), silencing.cancel_communication(staying(STAY)))
        moved = Stay(property_id=PROPERTIES[0], arrival=date(2026, 12, 1))
        assert fold(silent, correct_latest_stay(silent, moved, OTHER_STAY)).silenced == {STAY}

    def test_without_a_stay_there_is_nothing_to_cancel(self) -> None:
        assert silencing.cancel_communication(staying()) == []


class TestUnsubscribing:
    @pytest.mark.parametrize("complained", [False, True])
    def test_it_is_told_once_and_how(self, complained: bool) -> None:
        [event] = silencing.unsubscribe(staying(), complained=complained)
        assert event == GuestUnsubscribed(originator_id=GUEST, originator_version=2, complained=complained)
        unsubscribed = fold(staying(), [event])
        assert unsubscribed.unsubscribed
        assert silencing.unsubscribe(unsubscribed, complained=not complained) == []

    def test_it_is_nothing_for_who_is_unknown_deleted_or_anonymised(self) -> None:
        for guest in (Guest(GUEST), gone(staying()), anonymised(staying())):
            assert silencing.unsubscribe(guest, complained=False) == []


class TestSuppressing:
    def test_an_address_of_the_guest_once(self) -> None:
        [event] = silencing.suppress(staying(), "z@work.example")
        assert event == AddressSuppressed(originator_id=GUEST, originator_version=2, address="z@work.example")
        suppressed = fold(staying(), [event])
        assert suppressed.suppressed == {"z@work.example"}
        assert silencing.suppress(suppressed, "z@work.example") == []
        both = fold(suppressed, silencing.suppress(suppressed, "zoe@example.com"))
        assert both.suppressed == {"zoe@example.com", "z@work.example"}

    def test_an_address_that_is_no_longer_the_guests_is_nothing(self) -> None:
        moved = Known("fr", "FR", Profile(last_name="Lefèvre", emails=("new@example.com",)))
        changed = fold(staying(), registering.change(staying(), moved))
        for guest in (Guest(GUEST), changed, gone(staying()), anonymised(staying())):
            assert silencing.suppress(guest, "zoe@example.com") == []

    def test_it_is_forgotten_with_the_guest(self) -> None:
        suppressed = fold(staying(), silencing.suppress(staying(), "zoe@example.com"))
        assert anonymised(suppressed).suppressed == frozenset()
        erased = AddressSuppressed(originator_id=GUEST, originator_version=2, address=None)
        assert fold(staying(), [erased]).suppressed == frozenset()


class TestBlocking:
    @pytest.mark.parametrize("until", [None, date(2026, 12, 31)])
    def test_for_good_or_until_a_day(self, until: date | None) -> None:
        [event] = silencing.block(staying(), DAMAGE, until)
        assert event == GuestBlocked(originator_id=GUEST, originator_version=2, reason=DAMAGE, until=until)
        blocked = fold(staying(), [event])
        assert blocked.block == event
        assert silencing.block(blocked, DAMAGE, until) == []

    @pytest.mark.parametrize(("reason", "until"), [(FRAUD, None), (DAMAGE, date(2026, 12, 31)), (FRAUD, date.max)])
    def test_a_later_one_takes_the_place_of_the_one_before(self, reason: BlockReason, until: date | None) -> None:
        blocked = fold(staying(), silencing.block(staying(), DAMAGE, None))
        [event] = silencing.block(blocked, reason, until)
        assert event == GuestBlocked(originator_id=GUEST, originator_version=3, reason=reason, until=until)
        assert fold(blocked, [event]).block == event

    def test_who_is_welcome_again_can_be_blocked_again(self) -> None:
        blocked = fold(staying(), silencing.block(staying(), DAMAGE, None))
        [event] = silencing.unblock(blocked)
        assert event == GuestUnblocked(originator_id=GUEST, originator_version=3)
        welcome = fold(blocked, [event])
        assert welcome.block is None
        assert silencing.unblock(welcome) == []
        assert len(silencing.block(welcome, DAMAGE, None)) == 1


ACTIONS: list[Callable[[Guest], list[GuestEvent]]] = [
    silencing.cancel_communication,
    lambda guest: silencing.block(guest, DAMAGE, None),
    silencing.unblock,
]


@pytest.mark.parametrize("act", ACTIONS)
def test_staff_are_told_that_a_guest_is_unknown_or_forgotten(act: Callable[[Guest], list[GuestEvent]]) -> None:
    for unknown in (Guest(GUEST), gone(staying(STAY))):
        with pytest.raises(GuestUnknown):
            act(unknown)
    with pytest.raises(GuestForgotten):
        act(anonymised(staying(STAY)))
