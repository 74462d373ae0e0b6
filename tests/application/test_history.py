"""A guest's history and export: whose events are in it, who may read it, and what of others is taken out."""

from typing import Annotated
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from application import guests, history
from application.caller import Caller
from application.guest_entry import Judged
from application.history import REDACTED
from application.imports.draft import RowOfGuest
from domain.access import Forbidden, Role
from domain.contact import Profile
from domain.erasure import About, Destroyed, ErasureBegun
from domain.event import Event
from domain.feedback import FeedbackClaimed, FeedbackDelegated
from domain.guest import GuestUnknown
from domain.guest_events import GuestAnonymised, Origin, StayRecorded, StayRemoved
from domain.personal import Owner, Personal
from domain.stay import Stay
from domain.traces import Traces
from tests.application.memory import House


def no_rows(organisation_id: UUID, traces: Traces) -> list[RowOfGuest]:
    del organisation_id, traces
    return []


class RoomsSwapped(Event):
    """For tests alone: tells of two guests."""

    other_guest_id: UUID
    wish: Personal[str]
    wish_of_other: Annotated[str | None, Owner("other_guest_id")]


@pytest.fixture
def house() -> House:
    return House()


def register(house: House, stay_at: UUID | None = None) -> UUID:
    stay = Stay(property_id=stay_at) if stay_at else None
    judged = Judged("fr", "FR", Profile(last_name="Lefèvre", emails=("zoe@example.com",)), stay)
    return guests.register_guest(house.ports, house.admin, judged, Origin.MANUAL)[0]


def append(house: House, *events: Event, at: UUID | None = None) -> None:
    house.log.append(events, house.admin.metadata(house.ports.now(), property_id=at))


def stay_at(house: House, guest_id: UUID, at: UUID, stay_id: UUID | None = None) -> UUID:
    stay_id = stay_id or uuid7()
    stay = Stay(property_id=at)
    append(house, StayRecorded(**after(house, guest_id), stay_id=stay_id, stay=stay), at=at)
    return stay_id


def after(house: House, stream: UUID, step: int = 1) -> dict[str, object]:
    return {"originator_id": stream, "originator_version": len(house.log.stream(stream)) + step}


def types(house: House, caller: Caller, guest_id: UUID) -> list[str]:
    return [type(each.event).__name__ for each in history.read_history(house.ports, caller, guest_id)]


class TestHistory:
    def test_the_events_of_a_guests_erasure_are_in_theirs(self, house: House) -> None:
        guest_id, erasure_id = register(house), uuid7()
        begun = ErasureBegun(
            originator_id=erasure_id,
            originator_version=1,
            organisation_id=house.admin.organisation_id,
            about=About.GUEST,
            subject_id=guest_id,
            reference=None,
            sealed_fields=1,
            identities=1,
            destroyed=Destroyed(key_fingerprint=""),
        )
        append(house, begun, GuestAnonymised(**after(house, guest_id), erasure_id=erasure_id))
        register_position, *_ = (each.position for each in house.log.stream(guest_id))
        found = history.read_history(house.ports, house.admin, guest_id)
        assert [(type(each.event).__name__, each.position - register_position) for each in found] == [
            ("GuestRegistered", 0), ("ErasureBegun", 1), ("GuestAnonymised", 2)
        ]  # fmt: skip
        before = history.read_history(house.ports, house.admin, guest_id, as_of=found[0].recorded_at)
        assert before == found[:1]

    def test_stays_elsewhere_are_not_told(self, house: House) -> None:
        guest_id = register(house, house.port)
        by_the_lake = stay_at(house, guest_id, house.lago)
        append(house, StayRemoved(**after(house, guest_id), stay_id=by_the_lake))
        moved = stay_at(house, guest_id, house.lago)
        stay_at(house, guest_id, house.port, moved)
        append(house, StayRemoved(**after(house, guest_id), stay_id=moved))
        at_the_port = house.staff(Role.MANAGER, house.port)
        seen = history.read_history(house.ports, at_the_port, guest_id)
        assert [each.event.originator_version for each in seen] == [1, 2, 6, 7]
        assert len(history.read_history(house.ports, house.admin, guest_id)) == 7

    def test_nor_is_at_which_other_property_something_was_told(self, house: House) -> None:
        guest_id = register(house, house.lago)
        stay_at(house, guest_id, house.port)
        at_the_port = house.staff(Role.MANAGER, house.port)
        seen = history.read_history(house.ports, at_the_port, guest_id)
        assert [each.property_id for each in seen] == [None, house.port]

    def test_only_who_sees_the_guest_reads_it_also_once_they_are_deleted(self, house: House) -> None:
        guest_id = register(house, house.port)
        allowed = (house.admin, house.staff(Role.AUDITOR), house.staff(Role.MANAGER, house.port))
        for deleted in (False, True):
            if deleted:
                guests.delete_guest(house.ports, house.admin, guest_id)
            for caller in allowed:
                assert types(house, caller, guest_id)[0] == "GuestRegistered"
            for caller in (house.staff(Role.MANAGER, house.lago), House().admin):
                with pytest.raises(GuestUnknown):
                    types(house, caller, guest_id)
            with pytest.raises(Forbidden):
                types(house, house.staff(Role.FRONT_DESK), guest_id)

    def test_their_feedback_is_in_it_at_the_properties_of_the_reader(self, house: House) -> None:
        guest_id = register(house, house.port)
        here, there = (house.complaint(at, guest_id, comment="Bruit") for at in (house.port, house.lago))
        house.complaint(house.port, comment="D'un autre")
        for feedback in (here, there):
            house.reply(feedback, guest_id, "zoe@example.com")

        def told_to(caller: Caller) -> list[UUID]:
            found = history.read_history(house.ports, caller, guest_id)
            return [each.event.originator_id for each in found if each.event.originator_id != guest_id]

        assert told_to(house.admin) == [here, there, here, there]
        assert told_to(house.staff(Role.MANAGER, house.port)) == [here, here]

    def test_what_is_no_guest_has_none(self, house: House) -> None:
        for id_ in (uuid7(), house.port, house.admin.organisation_id):
            with pytest.raises(GuestUnknown):
                types(house, house.admin, id_)


class TestExport:
    def test_it_names_the_properties_and_the_lists_it_came_from(self, house: House) -> None:
        guest_id, list_id = register(house, house.port), uuid7()
        stay = Stay(property_id=house.lago)
        told = StayRecorded(**after(house, guest_id), stay_id=uuid7(), stay=stay)
        told_by_list = house.admin.metadata(house.ports.now()).model_copy(update={"causation_id": list_id})
        position = house.log.append([told], told_by_list)
        found = history.export_guest(house.ports, no_rows, house.admin, guest_id)
        assert (found.organisation.name, found.position, found.origin) == ("Groupe Rivage", position, Origin.MANUAL)
        assert found.names == {house.port: "Hôtel du Port", house.lago: "Villa Lago"}
        assert found.imports == [list_id]
        assert list(found.events) == house.log.stream(guest_id)

    def test_a_key_that_does_not_reach_all_of_it_gets_nothing(self, house: House) -> None:
        guest_id = register(house, house.port)
        at_the_port = house.staff(Role.MANAGER, house.port)
        history.export_guest(house.ports, no_rows, at_the_port, guest_id)
        stay_id = stay_at(house, guest_id, house.lago)
        with pytest.raises(Forbidden):
            history.export_guest(house.ports, no_rows, at_the_port, guest_id)
        append(house, StayRemoved(**after(house, guest_id), stay_id=stay_id))
        with pytest.raises(Forbidden):  # for the export tells of the stay that was removed, too
            history.export_guest(house.ports, no_rows, at_the_port, guest_id)
        with pytest.raises(Forbidden):
            history.export_guest(house.ports, no_rows, house.staff(Role.FRONT_DESK), guest_id)

    def test_their_feedback_is_in_it_and_who_of_the_staff_handles_it_is_not(self, house: House) -> None:
        guest_id = register(house, house.port)
        feedback = house.complaint(house.lago, guest_id, comment="Bruit")
        told_of_staff = (
            FeedbackClaimed(**after(house, feedback), holder="Inès Caron"),
            FeedbackDelegated(
                **after(house, feedback, 2), subject_id=guest_id, address="service@example.com", note="Urgent"
            ),
        )
        append(house, *told_of_staff, at=house.lago)
        found = history.export_guest(house.ports, no_rows, house.admin, guest_id)
        assert found.names == {house.port: "Hôtel du Port", house.lago: "Villa Lago"}
        claimed, delegated = (history.told_to({guest_id}, each.event) for each in found.events[-2:])
        assert claimed == {"employee_id": None}
        assert delegated == {"subject_id": str(guest_id), "note": "Urgent"}
        with pytest.raises(Forbidden):
            history.export_guest(house.ports, no_rows, house.staff(Role.MANAGER, house.port), guest_id)

    def test_of_a_deleted_guest_there_is_none(self, house: House) -> None:
        guest_id = register(house)
        guests.delete_guest(house.ports, house.admin, guest_id)
        with pytest.raises(GuestUnknown):
            history.export_guest(house.ports, no_rows, house.admin, guest_id)

    def test_what_is_another_guests_is_redacted_whether_known_or_not(self) -> None:
        zoe, leo = uuid7(), uuid7()
        for wish_of_leo in ("Vue sur mer", None):
            swapped = RoomsSwapped(
                originator_id=zoe, originator_version=1, other_guest_id=leo, wish="Calme", wish_of_other=wish_of_leo
            )
            common = {"other_guest_id": str(leo)}
            assert history.told(swapped) == common | {"wish": "Calme", "wish_of_other": wish_of_leo}
            assert history.told_to({zoe}, swapped) == common | {"wish": "Calme", "wish_of_other": REDACTED}
            assert history.told_to({leo}, swapped) == common | {"wish": REDACTED, "wish_of_other": wish_of_leo}
