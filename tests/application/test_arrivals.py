"""Commands about arrivals: which are for a person, what is one arrival and what two, and what a lost race comes to."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest

from application import arrivals
from application.announcing import moved_identities
from application.arrivals import accept_arrival, announce, answer_all, awaiting_a_yes, forget_arrivals, refuse_arrival
from application.caller import Caller
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_entry import Judged
from application.guests import register_guest
from application.organisation import change_property
from application.ports import ConcurrentChange, Ports
from domain import arrival as domain
from domain.access import Forbidden, Role
from domain.arrival import Arrival, ArrivalAnswered, ArrivalUnknown, RefusedFor, State
from domain.contact import Profile
from domain.guest import Known
from domain.guest_events import GuestRegistered, Origin
from domain.property import Arrivals
from domain.stay import Stay
from tests.application.memory import House

NIGHT = date(2026, 11, 18)


@pytest.fixture
def house() -> House:
    """One whose `port` wants a person's yes, and whose `lago` does not."""
    house = House()
    confirmed = {"arrivals": Arrivals.CONFIRMED}
    change_property(house.ports, house.admin, house.port, lambda settings: settings.model_copy(update=confirmed))
    return house


def told(at: UUID, *emails: str, name: str = "Lefèvre", phones: Sequence[str] = (), room: str | None = None) -> Judged:
    profile = Profile(last_name=name, emails=emails, phones=tuple(phones))
    return Judged("fr", "FR", profile, Stay(property_id=at, arrival=NIGHT, room=room))


def machine(house: House) -> Caller:
    return house.staff(Role.MACHINE)


def announced(house: House, *rows: Judged) -> list[UUID]:
    return list(announce(house.ports, machine(house), rows)[0])


def arrival(house: House, arrival_id: UUID) -> Arrival:
    return domain.fold(Arrival(arrival_id), (each.event for each in house.log.stream(arrival_id)))


def pending(house: House) -> list[Arrival]:
    streams = {each.event.originator_id for each in house.log.recorded}
    return [found for stream in sorted(streams) if (found := arrival(house, stream)).pending]


class TestWhoIsForAPerson:
    def test_whom_an_interface_tells_of_where_a_yes_is_wanted(self, house: House) -> None:
        rows = [told(house.port, "a@x.fr"), told(house.lago, "b@x.fr"), told(house.port, "c@x.fr")._replace(stay=None)]
        assert awaiting_a_yes(house.ports, machine(house), rows) == [True, False, False]
        assert awaiting_a_yes(house.ports, house.admin, rows) == [False, False, False]

    def test_not_whose_stay_is_known_for_then_somebody_has_said_yes(self, house: House) -> None:
        row = told(house.port, "a@x.fr", phones=["+33612345678"])
        register_guest(house.ports, house.admin, row, Origin.MANUAL)
        later = row.stay and row.stay.model_copy(update={"arrival": NIGHT + timedelta(days=9)})
        rows = [row, told(house.port, phones=["+33612345678"]), row._replace(stay=later)]
        assert awaiting_a_yes(house.ports, machine(house), rows) == [False, False, True]


class TestAnnounced:
    def test_nobody_becomes_a_guest_by_it(self, house: House) -> None:
        row = told(house.port, "a@x.fr")
        [arrival_id] = announced(house, row)
        assert arrival(house, arrival_id).told is not None
        assert house.log.owners(house.admin.organisation_id, ["a@x.fr"]) == {}

    def test_told_again_it_is_the_same_arrival_and_nothing_is_written(self, house: House) -> None:
        row = told(house.port, "a@x.fr")
        ids, position = announce(house.ports, machine(house), [row])
        assert announce(house.ports, machine(house), [row, row]) == ([*ids, *ids], position)

    @pytest.mark.parametrize(
        "again",
        [
            lambda at: told(at, "A@x.fr", name="Martin"),
            lambda at: told(at, "new@x.fr", phones=["+33612345678"]),
            lambda at: told(at, "a@x.fr", room="104"),
        ],
    )
    def test_told_otherwise_it_is_as_told_last(self, house: House, again: Callable[[UUID], Judged]) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr", phones=["+33612345678"]))
        row = again(house.port)
        assert announced(house, row) == [arrival_id]
        now = arrival(house, arrival_id).told
        assert now is not None
        assert (now.profile, now.stay) == (row.profile, row.stay)
        assert [each.id for each in pending(house)] == [arrival_id]

    @pytest.mark.parametrize(
        "other",
        [
            lambda house: told(house.port, "b@x.fr"),
            lambda house: told(house.lago, "a@x.fr", room="104"),
            lambda house: told(house.port, "a@x.fr", room="105"),
        ],
    )
    def test_another_guest_property_or_room_is_another_arrival(
        self, house: House, other: Callable[[House], Judged]
    ) -> None:
        first = told(house.port, "a@x.fr", room="104")
        assert len(set(announced(house, first, other(house)))) == 2

    def test_of_two_that_fit_that_of_the_very_room_is_told_anew(self, house: House) -> None:
        [without, with_room] = announced(
            house, told(house.port, "a@x.fr", room="1"), told(house.port, "a@x.fr", room="2")
        )
        assert announced(house, told(house.port, "a@x.fr", room="2", name="Martin")) == [with_room]
        assert announced(house, told(house.port, "a@x.fr", room="1", name="Martin")) == [without]

    def test_of_two_who_turn_out_to_be_one_person_that_told_by_this_address_first_is_told_anew(
        self, house: House
    ) -> None:
        [of_c, of_a] = announced(house, told(house.port, "c@x.fr"), told(house.port, "a@x.fr"))
        assert announced(house, told(house.port, "c@x.fr", "a@x.fr")) == [of_c]
        assert announced(house, told(house.port, "a@x.fr", name="Martin")) == [of_a]

    def test_told_anew_without_its_reservation_it_still_is_of_it(self, house: House) -> None:
        stays = [Stay(property_id=house.port, arrival=NIGHT, reservation_id=UUID(int=n)) for n in (1, 2)]
        booked, other = (told(house.port, "a@x.fr")._replace(stay=stay) for stay in stays)
        [arrival_id, of_other] = announced(house, booked, other)
        assert announced(house, told(house.port, "a@x.fr", name="Martin")) == [arrival_id]
        assert [each.told and each.told.stay.reservation_id for each in pending(house)] == [UUID(int=1), UUID(int=2)]
        assert announced(house, booked, other) == [arrival_id, of_other]

    def test_told_twice_in_the_same_moment_it_is_one(self, house: House) -> None:
        row, other = told(house.port, "a@x.fr"), UUID(int=7)
        stay = row.stay or pytest.fail("it has one")
        asked = house.log.announcing

        def announced_by_another(organisation_id: UUID, identities: Sequence[str]) -> dict[str, list[UUID]]:
            found = asked(organisation_id, identities)
            if not house.log.stream(other):
                events = domain.announce(Arrival(other), organisation_id, Known(profile=row.profile), stay)
                moved = moved_identities((), [domain.fold(Arrival(other), events)])
                house.log.append(events, house.admin.metadata(house.ports.now()), moved)
            return found

        house.log.announcing = announced_by_another  # type: ignore[method-assign, assignment]
        assert announced(house, row) == [other]


class TestAnswered:
    def test_who_is_accepted_is_a_guest_as_told_and_the_arrival_has_no_key(self, house: House) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        guest_id, position = accept_arrival(house.ports, house.admin, arrival_id)
        assert house.log.owners(house.admin.organisation_id, ["a@x.fr"]) == {"a@x.fr": guest_id}
        assert [type(each.event).__name__ for each in house.log.stream(guest_id)] == ["GuestRegistered", "StayRecorded"]
        registered = house.log.stream(guest_id)[0].event
        assert isinstance(registered, GuestRegistered)
        assert registered.origin is Origin.PMS
        assert house.log.forgotten == [arrival_id]
        assert position == house.log.recorded[-1].position

    def test_who_is_known_gets_the_stay(self, house: House) -> None:
        known, _ = register_guest(house.ports, house.admin, told(house.lago, "a@x.fr"), Origin.MANUAL)
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        assert accept_arrival(house.ports, house.admin, arrival_id)[0] == known

    def test_who_is_refused_is_nobody(self, house: House) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        refuse_arrival(house.ports, machine(house), arrival_id)
        assert house.log.owners(house.admin.organisation_id, ["a@x.fr"]) == {}
        assert house.log.forgotten == [arrival_id]

    @pytest.mark.parametrize("answer", [accept_arrival, refuse_arrival])
    def test_after_an_answer_it_is_told_as_another(
        self, house: House, answer: Callable[[Ports, Caller, UUID], object]
    ) -> None:
        row = told(house.port, "a@x.fr")
        [arrival_id] = announced(house, row)
        answer(house.ports, house.admin, arrival_id)
        assert house.log.announcing(house.admin.organisation_id, ["a@x.fr"]) == {}
        assert announced(house, row) != [arrival_id]

    def test_an_interface_says_yes_to_nobody(self, house: House) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        with pytest.raises(Forbidden):
            accept_arrival(house.ports, machine(house), arrival_id)
        for accept in (True, False):
            with pytest.raises(Forbidden):
                answer_all(*(house.ports, machine(house), house.port, lambda *_: [], house.ports.now()), accept=accept)
        assert arrival(house, arrival_id).pending

    def test_who_may_not_see_the_property_finds_no_arrival(self, house: House) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        for caller in (house.staff(Role.MANAGER, house.lago), House().admin):
            with pytest.raises(ArrivalUnknown):
                accept_arrival(house.ports, caller, arrival_id)
            with pytest.raises(ArrivalUnknown):
                refuse_arrival(house.ports, caller, arrival_id)

    def test_who_was_slower_is_told(self, house: House) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        house.log.interruptions = [domain.refuse(arrival(house, arrival_id), RefusedFor.DECLINED)]
        with pytest.raises(ArrivalAnswered) as refusal:
            accept_arrival(house.ports, house.admin, arrival_id)
        assert refusal.value.members == {"state": "refused"}
        assert house.log.owners(house.admin.organisation_id, ["a@x.fr"]) == {}


class TestAllAtOnce:
    @pytest.fixture(autouse=True)
    def few_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(arrivals, "AT_ONCE", 3)

    @pytest.mark.parametrize("accept", [True, False])
    def test_each_is_answered_and_who_was_answered_meanwhile_is_told_of(self, house: House, accept: bool) -> None:
        ids = sorted(announced(house, *(told(house.port, f"{n}@x.fr") for n in range(8))))
        house.log.interruptions = [[], domain.refuse(arrival(house, ids[4]), RefusedFor.DECLINED)]
        done = answer_all(*(house.ports, house.admin, house.port, following(ids), house.ports.now()), accept=accept)
        assert (done.number, done.overtaken, done.position) == (7, 1, house.log.recorded[-1].position)
        states = [arrival(house, id_).state for id_ in ids]
        expected = [State.ACCEPTED if accept else State.REFUSED] * 8
        assert states == [*expected[:4], State.REFUSED, *expected[5:]]

    def test_of_whom_was_told_since_stays_pending(self, house: House) -> None:
        [first] = announced(house, told(house.port, "a@x.fr"))
        [second] = announced(house, told(house.port, "b@x.fr"))
        seen = house.ports.now()
        announced(house, told(house.port, "b@x.fr", name="Martin"))
        done = answer_all(*(house.ports, house.admin, house.port, following([first, second]), seen), accept=True)
        assert (done.number, done.overtaken) == (1, 1)
        assert [each.id for each in pending(house)] == [second]

    def test_what_cannot_be_settled_is_told_in_the_end(self, house: House) -> None:
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))

        def always_lost(*_: object) -> int:
            raise ConcurrentChange("moved on")

        house.log.forget = always_lost  # type: ignore[method-assign, assignment]
        with pytest.raises(ConcurrentChange):
            answer_all(*(house.ports, house.admin, house.port, following([arrival_id]), house.ports.now()), accept=True)


def test_who_nobody_answers_is_forgotten(house: House) -> None:
    ids = announced(house, told(house.port, "a@x.fr"), told(house.port, "b@x.fr"))
    moment = house.ports.now()
    announced(house, told(house.port, "b@x.fr", name="Martin"))
    forget_arrivals(house.ports, house.admin.organisation_id, ids, moment, RefusedFor.UNANSWERED)
    assert [each.id for each in pending(house)] == ids[1:]
    assert house.log.forgotten == ids[:1]


class TestErased:
    def test_pending_arrivals_go_with_the_guest_of_whom_they_tell(self, house: House) -> None:
        row = told(house.lago, "a@x.fr", phones=["+33612345678"])
        guest_id, _ = register_guest(house.ports, house.admin, row, Origin.MANUAL)
        by_email, by_phone, other = announced(
            house,
            told(house.port, "A@x.fr", room="1"),
            told(house.port, phones=["+33612345678"], room="2"),
            told(house.port, "b@x.fr", room="3"),
        )
        anonymise_guest(house.ports, house.admin, guest_id, Why(reason="Demande"))
        assert set(house.log.forgotten) == {guest_id, by_email, by_phone}
        assert [each.id for each in pending(house)] == [other]
        answer = arrival(house, by_email).answer
        assert answer == domain.ArrivalRefused(originator_id=by_email, originator_version=2, why=RefusedFor.ERASED)

    def test_one_that_is_answered_at_the_same_moment_is_in_nobodys_way(self, house: House) -> None:
        guest_id, _ = register_guest(house.ports, house.admin, told(house.lago, "a@x.fr"), Origin.MANUAL)
        [arrival_id] = announced(house, told(house.port, "a@x.fr"))
        house.log.interruptions = [domain.refuse(arrival(house, arrival_id), RefusedFor.DECLINED)]
        anonymise_guest(house.ports, house.admin, guest_id, Why(reason="Demande"))
        assert guest_id in house.log.forgotten


def following(ids: Sequence[UUID]) -> arrivals.Following:
    """As the list proposes them, which has not heard yet of what happens meanwhile."""
    return lambda after, limit: [id_ for id_ in sorted(ids) if id_ > after][:limit]
