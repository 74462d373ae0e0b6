"""Given what happened to a guest, when something is told or asked, then this happens."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import erasing, registering, staying
from domain.access import ApiKeyRevoked
from domain.contact import Address, Profile
from domain.guest import Guest, GuestUnknown, Known, fold
from domain.guest_events import GuestChanged, GuestDeleted, GuestRegistered, Origin
from domain.registering import merge
from domain.stay import Stay
from tests.domain.told import GUEST, ORGANISATION, PROPERTIES, knowns, registered, tellings, told

ZOE = Known("fr", "FR", Profile(last_name="Lefèvre", first_name="Zoé", emails=("zoe@example.com",)))
PORT, LAGO = PROPERTIES
NOVEMBER = Stay(property_id=PORT, arrival=date(2026, 11, 18), departure=date(2026, 11, 21), room="104")
STAY, OTHER_STAY = UUID(int=10), UUID(int=11)


def zoe(*stays: Stay) -> Guest:
    guest = fold(Guest(GUEST), registered(ZOE))
    for number, stay in enumerate(stays):
        guest = fold(guest, staying.record_stay(guest, stay, UUID(int=10 + number)))
    return guest


def test_a_guest_is_registered_with_all_that_is_known() -> None:
    assert registered(ZOE) == [
        GuestRegistered(
            originator_id=GUEST,
            originator_version=1,
            organisation_id=ORGANISATION,
            origin=Origin.MANUAL,
            language="fr",
            country="FR",
            profile=ZOE.profile,
        )
    ]
    assert fold(Guest(GUEST), registered(ZOE)) == Guest(GUEST, 1, ORGANISATION, ZOE)


def test_a_change_names_what_differs_and_holds_the_whole() -> None:
    assert ZOE.profile
    profile = ZOE.profile.model_copy(update={"level": "VIP", "emails": ("z@example.com",)})
    [event] = registering.change(zoe(), Known("it", "FR", profile))
    assert event == GuestChanged(
        originator_id=GUEST,
        originator_version=2,
        fields=("language", "emails", "level"),
        language="it",
        country="FR",
        profile=profile,
    )


def test_a_change_of_nothing_is_none() -> None:
    assert registering.change(zoe(), ZOE) == []


def test_a_guest_nobody_knows_or_who_is_gone_can_neither_be_changed_nor_deleted() -> None:
    gone = fold(zoe(), erasing.delete(zoe()))
    for guest in (Guest(GUEST), gone):
        with pytest.raises(GuestUnknown):
            registering.change(guest, ZOE)
        with pytest.raises(GuestUnknown):
            erasing.delete(guest)


def test_a_deleted_guest_is_nobody_any_more() -> None:
    guest = zoe(NOVEMBER)
    [event] = erasing.delete(guest)
    assert event == GuestDeleted(originator_id=GUEST, originator_version=3)
    gone = fold(guest, [event])
    assert (gone.exists, gone.known, dict(gone.stays), gone.version) == (False, Known(), {}, 3)


def test_another_streams_id_is_a_guest_nobody_knows() -> None:
    stranger = ApiKeyRevoked(originator_id=GUEST, originator_version=2)
    assert fold(Guest(GUEST), [*registered(ZOE), stranger]) == Guest(GUEST)


class TestMerge:
    def test_what_is_named_replaces_and_what_is_not_stays(self) -> None:
        brest, street = Address(city="Brest"), Address(street="1 rue A")
        before = Profile(last_name="Lefèvre", level="VIP", emails=("a@x.fr",), custom={"a": 1}, address=brest)
        named = Profile(last_name="Lefèbvre", emails=("A@x.fr", "b@x.fr"), custom={"b": 2}, address=street)
        known, told_ = Known("fr", "FR", before), Known(None, "BE", named)
        assert merge(known, told_) == Known(
            "fr",
            "BE",
            Profile(
                last_name="Lefèbvre",
                level="VIP",
                emails=("a@x.fr", "b@x.fr"),
                custom={"a": 1, "b": 2},
                address=Address(street="1 rue A", city="Brest"),
            ),
        )

    def test_a_forgotten_guest_is_known_by_what_is_told_and_a_forgotten_telling_tells_nothing(self) -> None:
        assert merge(Known("fr"), ZOE) == ZOE
        assert merge(ZOE, Known("it")) == ZOE

    @given(knowns, knowns)
    def test_nothing_is_erased(self, known: Known, told_: Known) -> None:
        merged = merge(known, told_)
        assert known.profile
        assert merged.profile
        before, after = flat(known), flat(merged)
        assert {name for name, value in before.items() if value} <= {name for name, value in after.items() if value}
        assert set(known.profile.emails) <= set(merged.profile.emails)
        assert set(known.profile.phones) <= set(merged.profile.phones)

    @given(knowns, knowns)
    def test_all_that_was_told_is_known(self, known: Known, told_: Known) -> None:
        after = flat(merge(known, told_))
        assert {name: value for name, value in flat(told_).items() if value}.items() <= after.items()

    @given(knowns, knowns)
    def test_telling_the_same_again_changes_nothing(self, known: Known, told_: Known) -> None:
        merged = merge(known, told_)
        assert merge(merged, told_) == merged
        assert merge(known, known) == known

    @given(knowns, knowns)
    def test_nobody_gets_one_address_twice(self, known: Known, told_: Known) -> None:
        merged = merge(known, told_).profile
        assert merged
        assert len({email.lower() for email in merged.emails}) == len(merged.emails)


def flat(known: Known) -> dict[str, object]:
    """All that is known but e-mails and phones, each part of the address and each custom field by itself."""
    assert known.profile
    profile = known.profile.model_dump(exclude={"emails", "phones", "address", "custom"})
    address = known.profile.address.model_dump() if known.profile.address else {}
    return (
        {"language": known.language, "country": known.country}
        | profile
        | {f"address {name}": value for name, value in address.items()}
        | {f"custom {key}": repr(value) for key, value in known.profile.custom.items()}
    )


@given(knowns, st.lists(tellings, max_size=8))
def test_whatever_is_told_versions_follow_each_other_and_are_told_once(
    known: Known, all_told: list[tuple[str, Known | Stay]]
) -> None:
    events = registered(known)
    for number, telling in enumerate(all_told):
        guest = fold(Guest(GUEST), events)
        decided = told(guest, telling, UUID(int=100 + number))
        events += decided
        assert told(fold(guest, decided), telling, UUID(int=999)) == []
    assert [event.originator_version for event in events] == list(range(1, len(events) + 1))
    assert fold(Guest(GUEST), events).version == len(events)
