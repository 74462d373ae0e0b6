"""Commands about guests: what is written, what is refused, and what a lost race comes to."""

from collections.abc import Callable
from uuid import UUID

import pytest

from application import guests
from application.caller import VersionMismatch
from application.guest_entry import GuestEntry, Judged
from application.guests import Judges, Outcome, Status
from application.ports import ConcurrentChange, IdentityTaken
from application.races import ATTEMPTS
from domain.access import Forbidden, Role
from domain.contact import FieldProblem, Profile
from domain.custom_field import CustomField
from domain.event import Event
from domain.guest import Guest, GuestUnknown
from domain.guest_events import GuestChanged, Origin
from domain.organisation import OrganisationSettings
from domain.required_field import ProfileField, RequiredField
from domain.stay import Stay
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def judged(last_name: str = "Lefèvre", *emails: str, stay: Stay | None = None, **fields: object) -> Judged:
    profile = Profile.model_validate({"last_name": last_name, "emails": emails or ("zoe@example.com",), **fields})
    return Judged("fr", "FR", profile, stay)


def register(house: House, told: Judged) -> UUID:
    return guests.register_guest(house.ports, house.admin, told, Origin.MANUAL)[0]


def events_of(house: House, guest_id: UUID) -> list[str]:
    return [type(each.event).__name__ for each in house.log.stream(guest_id)]


def profile_of(house: House, guest_id: UUID) -> Profile:
    profile = guests.read_guest(house.ports, house.admin, guest_id).guest.known.profile
    assert profile
    return profile


def becomes(**fields: object) -> Callable[[Guest], Judged]:
    """A change of these fields of a guest as they are."""

    def new(guest: Guest) -> Judged:
        assert guest.known.profile
        return Judged(guest.known.language, guest.known.country, guest.known.profile.model_copy(update=fields), None)

    return new


def renamed_by_another(guest_id: UUID, version: int, last_name: str = "Entre-temps") -> list[Event]:
    profile = Profile(last_name=last_name, emails=("zoe@example.com",))
    return [
        GuestChanged(originator_id=guest_id, originator_version=version, fields=("last_name",), profile=profile),
    ]


class TestRegister:
    def test_guest_and_stay_are_written_at_once(self, house: House) -> None:
        guest_id, position = guests.register_guest(
            house.ports, house.admin, judged(stay=Stay(property_id=house.port)), Origin.MANUAL
        )
        assert events_of(house, guest_id) == ["GuestRegistered", "StayRecorded"]
        assert position == house.log.recorded[-1].position
        assert {each.property_id for each in house.log.stream(guest_id)} == {house.port}
        assert {each.actor for each in house.log.stream(guest_id)} == {"key:admin"}

    def test_an_address_in_another_case_is_the_same_address(self, house: House) -> None:
        first = register(house, judged())
        with pytest.raises(IdentityTaken) as refusal:
            register(house, judged("Autre", "ZOE@example.com"))
        assert refusal.value.members == {"guest_id": str(first)}

    def test_who_may_not_write_writes_nothing(self, house: House) -> None:
        before = len(house.log.recorded)
        for command in (
            lambda auditor: guests.register_guest(house.ports, auditor, judged(), Origin.MANUAL),
            lambda auditor: guests.take_in(house.ports, auditor, [judged()], Origin.MANUAL),
        ):
            with pytest.raises(Forbidden):
                command(house.staff(Role.AUDITOR))
        assert len(house.log.recorded) == before


class TestTakeIn:
    def take_in(self, house: House, *rows: Judged) -> tuple[list[Outcome], int]:
        outcomes, position = guests.take_in(house.ports, house.admin, rows, Origin.MANUAL)
        return list(outcomes), position

    def test_new_guests_are_created_and_known_ones_told_what_is_new(self, house: House) -> None:
        known = register(house, judged(level="VIP"))
        outcomes, position = self.take_in(house, judged("Neuf", "neuf@example.com"), judged(note="calme"))
        assert [outcome.status for outcome in outcomes] == [Status.CREATED, Status.UPDATED]
        assert outcomes[1].guest_id == known
        assert (profile_of(house, known).level, profile_of(house, known).note) == ("VIP", "calme")
        assert position == house.log.recorded[-1].position

    def test_the_same_again_writes_nothing_and_tells_where_that_stands(self, house: House) -> None:
        row = judged(stay=Stay(property_id=house.port, room="104"))
        [created], position = self.take_in(house, row)
        appends = house.log.appends
        [again], same_position = self.take_in(house, row)
        assert again == Outcome(Status.UNCHANGED, created.guest_id)
        assert (house.log.appends, same_position) == (appends, position)

    def test_nothing_at_all_has_no_position(self, house: House) -> None:
        assert self.take_in(house) == ([], 0)

    def test_rows_of_one_guest_follow_each_other(self, house: House) -> None:
        outcomes, _ = self.take_in(
            house, judged(level="VIP"), judged("Autre", "b@example.com"), judged("Lefèvre", "ZOE@example.com", note="x")
        )
        assert outcomes[2].guest_id == outcomes[0].guest_id != outcomes[1].guest_id
        profile = profile_of(house, outcomes[0].guest_id)
        assert (profile.level, profile.note, profile.emails) == ("VIP", "x", ("zoe@example.com",))

    def test_when_e_mail_and_phone_name_two_guests_the_e_mail_wins(self, house: House) -> None:
        by_email = register(house, judged())
        by_phone = register(house, judged("Martin", "m@example.com", phones=("+33612345678",)))
        [outcome], _ = self.take_in(house, judged("Lefèvre", "zoe@example.com", phones=("+33612345678",)))
        assert outcome.guest_id == by_email
        assert profile_of(house, by_email).phones == ()
        assert profile_of(house, by_phone).phones == ("+33612345678",)

    def test_a_row_need_not_repeat_all_that_the_guest_is_known_by(self, house: House) -> None:
        known = register(house, judged(phones=("+33612345678",)))
        [outcome], _ = self.take_in(house, judged(level="VIP"))
        assert outcome == Outcome(Status.UPDATED, known)
        assert profile_of(house, known).phones == ("+33612345678",)

    def test_a_race_that_was_lost_is_run_again(self, house: House) -> None:
        known = register(house, judged())
        house.log.interruptions = [renamed_by_another(known, 2)]
        [outcome], _ = self.take_in(house, judged(note="calme"))
        assert outcome == Outcome(Status.UPDATED, known)
        assert [each.event.originator_version for each in house.log.stream(known)] == [1, 2, 3]
        assert profile_of(house, known).note == "calme"

    def test_one_that_is_always_lost_is_given_up(self, house: House) -> None:
        known = register(house, judged())
        house.log.interruptions = [renamed_by_another(known, 2 + n, f"Encore{n}") for n in range(ATTEMPTS)]
        appends = house.log.appends
        with pytest.raises(ConcurrentChange):
            self.take_in(house, judged(note="calme"))
        assert house.log.appends == appends + ATTEMPTS


class TestChange:
    def test_what_differs_is_written_and_addresses_move_along(self, house: House) -> None:
        guest_id = register(house, judged("Lefèvre", "a@example.com", "b@example.com"))
        new = becomes(emails=("b@example.com", "c@example.com"))
        guests.change_guest(house.ports, house.admin, guest_id, new)
        assert set(house.log.taken) == {"b@example.com", "c@example.com"}
        guests.change_guest(house.ports, house.admin, guest_id, new)
        assert events_of(house, guest_id) == ["GuestRegistered", "GuestChanged"]

    def test_after_a_lost_race_it_is_decided_on_what_there_is_then(self, house: House) -> None:
        guest_id = register(house, judged())
        house.log.interruptions = [renamed_by_another(guest_id, 2)]
        guests.change_guest(house.ports, house.admin, guest_id, becomes(level="VIP"))
        profile = profile_of(house, guest_id)
        assert (profile.last_name, profile.level) == ("Entre-temps", "VIP")

    def test_who_named_a_version_hears_that_it_moved_on(self, house: House) -> None:
        guest_id = register(house, judged())
        house.log.interruptions = [renamed_by_another(guest_id, 2)]
        with pytest.raises(VersionMismatch):
            guests.change_guest(house.ports, house.admin, guest_id, becomes(level="VIP"), expected=1)
        assert profile_of(house, guest_id).level is None

    def test_a_guest_of_elsewhere_is_unknown(self, house: House) -> None:
        guest_id = register(house, judged(stay=Stay(property_id=house.port)))
        at_the_lake = house.staff(Role.FRONT_DESK, house.lago)
        foreign = House().admin
        for caller in (at_the_lake, foreign):
            with pytest.raises(GuestUnknown):
                guests.change_guest(house.ports, caller, guest_id, becomes(level="VIP"))
            with pytest.raises(GuestUnknown):
                guests.delete_guest(house.ports, caller, guest_id)
            with pytest.raises(GuestUnknown):
                guests.read_guest(house.ports, caller, guest_id)


class TestDelete:
    def test_the_key_goes_and_the_addresses_are_free(self, house: House) -> None:
        guest_id = register(house, judged(phones=("+33612345678",)))
        guests.delete_guest(house.ports, house.admin, guest_id)
        assert (house.log.forgotten, house.log.taken) == ([guest_id], {})
        with pytest.raises(GuestUnknown):
            guests.read_guest(house.ports, house.admin, guest_id)

    def test_of_a_version_that_moved_on_nothing_goes(self, house: House) -> None:
        guest_id = register(house, judged())
        with pytest.raises(VersionMismatch):
            guests.delete_guest(house.ports, house.admin, guest_id, expected=2)
        assert house.log.forgotten == []


class TestJudges:
    PASSPORT = CustomField(key="passport", label="Passeport", countries=("IT",), required=True)
    ADDRESS = RequiredField(field=ProfileField.ADDRESS, countries=("IT",))

    def judges(self, house: House, *properties: UUID, insist: bool = True, **settings: object) -> Judges:
        defaults = {"name": "Rivage", "profile_fields": [self.PASSPORT]}
        chosen = OrganisationSettings.model_validate(defaults | settings)
        return Judges(house.ports, house.staff(Role.FRONT_DESK, *properties), chosen, "FR", insist=insist)

    def entry(self, property_id: UUID | None = None, **fields: object) -> GuestEntry:
        stay = {"stay": {"property_id": property_id}} if property_id else {}
        return GuestEntry.model_validate({"last_name": "Lefèvre", "emails": ["a@b.fr"], **stay, **fields})

    def problems(self, found: Judged | list[FieldProblem]) -> list[tuple[str, str]]:
        return [] if isinstance(found, Judged) else [(each.pointer, each.code) for each in found]

    def test_an_entry_is_judged_by_the_country_of_its_property(self, house: House) -> None:
        judge = self.judges(house, required_fields=[self.ADDRESS])
        assert self.problems(judge(self.entry(house.lago))) == [
            ("/address/street", "required-missing"),
            ("/address/city", "required-missing"),
            ("/custom/passport", "required-missing"),
        ]
        assert isinstance(judge(self.entry(house.port)), Judged)
        assert isinstance(judge(self.entry()), Judged)

    def test_what_machines_and_lists_tell_is_taken_as_it_is(self, house: House) -> None:
        judge = self.judges(house, insist=False, required_fields=[self.ADDRESS])
        assert isinstance(judge(self.entry(house.lago)), Judged)

    def test_a_property_out_of_reach_is_unknown(self, house: House) -> None:
        judge = self.judges(house, house.lago)
        for out_of_reach in (house.port, House().port):
            found = judge(self.entry(out_of_reach))
            assert self.problems(found) == [("/stay/property_id", "property-unknown")]

    def test_a_known_guest_is_judged_by_where_they_stayed_last_even_out_of_reach(self, house: House) -> None:
        custom = {"passport": "YA12"}
        guest_id = register(house, judged(stay=Stay(property_id=house.lago), custom=custom))
        guest = guests.read_guest(house.ports, house.admin, guest_id).guest
        judge = self.judges(house, house.port)
        found = judge.anew(self.entry(custom=custom), guest)
        assert isinstance(found, Judged)
        assert found.profile.custom == custom
        assert self.problems(judge.anew(self.entry(), guest)) == [("/custom/passport", "required-missing")]

    def test_what_was_lacking_before_keeps_nobody_from_changing_the_rest(self, house: House) -> None:
        guest_id = register(house, judged(stay=Stay(property_id=house.lago)))
        guest = guests.read_guest(house.ports, house.admin, guest_id).guest
        assert isinstance(self.judges(house).anew(self.entry(level="VIP"), guest), Judged)

    def test_a_label_that_is_no_more_stays_until_it_is_changed(self, house: House) -> None:
        guest_id = register(house, judged(status_label="regular"))
        guest = guests.read_guest(house.ports, house.admin, guest_id).guest
        kept = self.judges(house).anew(self.entry(status_label="regular"), guest)
        assert isinstance(kept, Judged)
        assert kept.profile.status_label == "regular"
        gone = self.judges(house).anew(self.entry(status_label="gold"), guest)
        assert self.problems(gone) == [("/status_label", "status-label-unknown")]
