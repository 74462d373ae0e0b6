"""Given what happened to a guest, when they are to be erased or held, then this happens."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import erasing, registering
from domain.contact import Profile
from domain.guest import Guest, GuestForgotten, GuestUnknown, Known, UnderLegalHold, fold
from domain.guest_events import GuestAnonymised, GuestEvent, LegalHoldLifted, LegalHoldPlaced
from domain.stay import Stay
from tests.domain.told import GUEST, PROPERTIES, knowns, registered, tellings, told

ERASURE = UUID(int=20)
ZOE = Known("fr", "FR", Profile(last_name="Lefèvre"))
STAY = Stay(property_id=PROPERTIES[0])
UNKNOWN = Guest(GUEST)
REGISTERED = fold(UNKNOWN, registered(ZOE))
HELD = fold(REGISTERED, erasing.place_hold(REGISTERED, "Litige 118"))
ANONYMISED = fold(REGISTERED, erasing.anonymise(REGISTERED, ERASURE))
DELETED = fold(REGISTERED, erasing.delete(REGISTERED))

COMMANDS: dict[str, Callable[[Guest], list[GuestEvent]]] = {
    "anonymise": lambda guest: erasing.anonymise(guest, ERASURE),
    "delete": erasing.delete,
    "change": lambda guest: registering.change(guest, Known("it", "IT", ZOE.profile)),
    "place a hold": lambda guest: erasing.place_hold(guest, "Litige 119"),
    "lift a hold": erasing.lift_hold,
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("guest", "refusal"),
    [(UNKNOWN, GuestUnknown), (DELETED, GuestUnknown), (ANONYMISED, GuestForgotten)],
    ids=["unknown", "deleted", "anonymised"],
)
def test_nothing_can_be_done_with_a_guest_who_is_not_or_no_longer_known(
    guest: Guest, refusal: type[Exception], command: str
) -> None:
    with pytest.raises(refusal):
        COMMANDS[command](guest)


@pytest.mark.parametrize("command", ["anonymise", "delete"])
def test_a_held_guest_is_not_erased(command: str) -> None:
    with pytest.raises(UnderLegalHold):
        COMMANDS[command](HELD)


@pytest.mark.parametrize("command", ["anonymise", "delete"])
def test_a_guest_who_is_held_no_longer_is_erased(command: str) -> None:
    released = fold(HELD, erasing.lift_hold(HELD))
    assert COMMANDS[command](released)


def test_a_hold_stands_until_it_is_lifted() -> None:
    [placed] = erasing.place_hold(REGISTERED, "Litige 118")
    assert placed == LegalHoldPlaced(originator_id=GUEST, originator_version=2, grounds="Litige 118")
    [lifted] = erasing.lift_hold(HELD)
    assert lifted == LegalHoldLifted(originator_id=GUEST, originator_version=3)
    assert erasing.lift_hold(REGISTERED) == []


def test_an_anonymisation_names_its_erasure() -> None:
    assert erasing.anonymise(REGISTERED, ERASURE) == [
        GuestAnonymised(originator_id=GUEST, originator_version=2, erasure_id=ERASURE)
    ]
    assert ANONYMISED.erasure_id == ERASURE
    assert not fold(HELD, erasing.anonymised(HELD, ERASURE)).held


@given(knowns, st.lists(tellings, max_size=5))
def test_who_is_anonymised_loses_the_profile_and_nothing_else(known: Known, tellings: list[tuple[str, Known]]) -> None:
    guest = fold(UNKNOWN, registered(known))
    for number, telling in enumerate(tellings):
        guest = fold(guest, told(guest, telling, UUID(int=100 + number)))
    after = fold(guest, erasing.anonymise(guest, ERASURE))
    assert after.known == Known(guest.known.language, guest.known.country, None)
    assert (after.stays, after.figures, after.properties) == (
        guest.stays,
        guest.figures,
        guest.properties,
    )
    assert after.exists
