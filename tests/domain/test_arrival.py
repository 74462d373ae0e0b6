"""Given an arrival, when it is announced, accepted or refused, then this is what happens; or is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from domain import arrival as arrivals
from domain.arrival import (
    Arrival,
    ArrivalAccepted,
    ArrivalAnnounced,
    ArrivalAnswered,
    ArrivalEvent,
    ArrivalRefused,
    ArrivalUnknown,
    RefusedFor,
    State,
)
from domain.contact import Profile
from domain.event import Event
from domain.guest import Known
from domain.guest_events import GuestDeleted
from domain.stay import Stay

ID, ORGANISATION, GUEST = UUID(int=1), UUID(int=2), UUID(int=3)
STAY = Stay(property_id=UUID(int=4), arrival=date(2026, 11, 18), departure=date(2026, 11, 21))
ZOE = Known("fr", "FR", Profile(last_name="Lefèvre", emails=("zoe@example.com",)))
ACCEPTED = ArrivalAccepted(originator_id=ID, originator_version=2, guest_id=GUEST)
REFUSED = ArrivalRefused(originator_id=ID, originator_version=2, why=RefusedFor.DECLINED)


def told(*events: Event) -> Arrival:
    return arrivals.fold(Arrival(ID), events)


def announced(known: Known = ZOE, stay: Stay = STAY, version: int = 1) -> ArrivalAnnounced:
    return ArrivalAnnounced(
        originator_id=ID,
        originator_version=version,
        organisation_id=ORGANISATION,
        language=known.language,
        country=known.country,
        stay=stay,
        profile=known.profile,
    )


class TestAnnounced:
    def test_who_is_told_of_is_pending(self) -> None:
        assert arrivals.announce(told(), ORGANISATION, ZOE, STAY) == [announced()]
        assert told(announced()).pending
        assert not told().pending

    def test_told_so_again_nothing_happens(self) -> None:
        assert arrivals.announce(told(announced()), ORGANISATION, ZOE, STAY) == []

    @pytest.mark.parametrize(
        ("known", "stay"),
        [
            (Known("it", "FR", ZOE.profile), STAY),
            (Known("fr", "FR", Profile(last_name="Martin", emails=("zoe@example.com",))), STAY),
            (ZOE, STAY.model_copy(update={"room": "104"})),
        ],
    )
    def test_told_otherwise_it_is_as_told_last(self, known: Known, stay: Stay) -> None:
        [again] = arrivals.announce(told(announced()), ORGANISATION, known, stay)
        assert again == announced(known, stay, version=2)
        assert told(announced(), again).told == again

    def test_what_was_answered_is_not_told_anew(self) -> None:
        with pytest.raises(ArrivalAnswered):
            arrivals.announce(told(announced(), REFUSED), ORGANISATION, ZOE, STAY)


def test_a_yes_names_the_guest() -> None:
    assert arrivals.accept(told(announced()), GUEST) == [ACCEPTED]


@pytest.mark.parametrize("why", list(RefusedFor))
def test_a_no_says_why(why: RefusedFor) -> None:
    [refused] = arrivals.refuse(told(announced()), why)
    assert refused == REFUSED.model_copy(update={"why": why})


@pytest.mark.parametrize(
    ("events", "state", "members"),
    [
        ([announced(), ACCEPTED], State.ACCEPTED, {"state": "accepted", "guest_id": str(GUEST)}),
        ([announced(), REFUSED], State.REFUSED, {"state": "refused"}),
    ],
)
def test_who_answers_second_is_told_the_first_answer(
    events: Sequence[ArrivalEvent], state: State, members: dict[str, str]
) -> None:
    arrival = told(*events)
    assert (arrival.state, arrival.pending) == (state, False)
    with pytest.raises(ArrivalAnswered) as to_a_yes:
        arrivals.accept(arrival, GUEST)
    with pytest.raises(ArrivalAnswered) as to_a_no:
        arrivals.refuse(arrival, RefusedFor.DECLINED)
    assert to_a_yes.value.members == to_a_no.value.members == members


def test_another_kind_of_stream_is_no_arrival() -> None:
    arrival = told(GuestDeleted(originator_id=ID, originator_version=1))
    assert arrival == Arrival(ID)
    with pytest.raises(ArrivalUnknown):
        arrivals.accept(arrival, GUEST)
