"""Messages to guests who were made one: each leaves once, to whoever has the stay when it is due."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from adapters.mail.smtp import Smtp
from application import merging
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_links import unsubscribe
from application.organisation import change_organisation
from domain.invitation import InvitationCancelled, InvitationSent, Reason
from domain.invitation_states import State
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import DEPARTURE, House
from tests.adapters.mail.server import MailServer

DUE = datetime(2026, 6, 11, 10, tzinfo=UTC)
LATER = timedelta(1)


@pytest.fixture
def pair(house: House) -> tuple[UUID, UUID, UUID]:
    """Two guests, and the stay of the second, who comes and leaves after the first. Messages to both are planned."""
    often = {"ask_again_after_days": 0}
    change_organisation(house.ports, house.caller, lambda settings: settings.model_copy(update=often))
    zoe, _ = house.guest(emails=("zoe@example.com",))
    other, stay = house.guest(arrival=DEPARTURE, departure=DEPARTURE + LATER, emails=("other@example.com",))
    house.plan()
    return zoe, other, stay


def merged(house: House, pair: tuple[UUID, UUID, UUID]) -> UUID:
    merge_id, *_ = merging.merge(house.ports, house.caller, pair[0], pair[1], {})
    return merge_id


def recipients(smtp: MailServer) -> list[str]:
    return [mail["To"].addresses[0].addr_spec for mail in smtp.taken]


def test_each_stay_brings_one_to_who_stands_for_both(
    house: House, pair: tuple[UUID, UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    merged(house, pair)
    house.plan()
    assert InvitationCancelled not in [type(event) for event in house.events(pair[2])]
    assert house.invitation(pair[2]).about.guest_id == pair[0]
    house.at(DUE + LATER)
    house.send(mail, texts)
    assert recipients(smtp) == ["zoe@example.com"] * 2
    sent = house.invitation(pair[2]).sent
    assert sent
    assert sent.guest_id == pair[0]


def test_what_is_due_after_the_merge_was_undone_goes_to_whose_stay_it_is(
    house: House, pair: tuple[UUID, UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    zoe, _, stay = pair
    merge_id = merged(house, pair)
    new = house.stays(zoe, DEPARTURE + LATER, DEPARTURE + 2 * LATER)  # and hers also when they are two again
    house.plan()
    merging.undo_merge(house.ports, house.caller, merge_id)
    house.plan()
    assert InvitationCancelled not in [type(event) for event in house.events(stay)]
    house.at(DUE + 2 * LATER)
    house.send(mail, texts)
    assert sorted(recipients(smtp)) == ["other@example.com", "zoe@example.com", "zoe@example.com"]
    assert [house.invitation(each).sent is not None for each in (stay, new)] == [True, True]


def test_nothing_leaves_twice_and_no_address_outlives_whose_it_is(
    house: House, pair: tuple[UUID, UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    zoe, other, stay = pair
    merge_id, *_ = merging.merge(house.ports, house.caller, other, zoe, {})
    house.at(DUE + LATER)
    house.send(mail, texts)
    merging.undo_merge(house.ports, house.caller, merge_id)
    house.send(mail, texts)
    assert len(smtp.taken) == 2
    anonymise_guest(house.ports, house.caller, other, Why(reason="Demande"))
    [sent] = [event for event in house.events(stay) if isinstance(event, InvitationSent)]
    assert sent.address is None


def test_who_unsubscribed_under_either_id_gets_nothing(
    house: House, pair: tuple[UUID, UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    merged(house, pair)
    unsubscribe(house.ports, pair[1], house.ports.new_id())
    house.at(DUE + LATER)
    house.send(mail, texts)
    assert not smtp.taken


def test_a_reminder_goes_to_whoever_has_the_stay_by_then(
    house: House, pair: tuple[UUID, UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    house.at(DUE + LATER)
    house.send(mail, texts)
    assert sorted(recipients(smtp)) == ["other@example.com", "zoe@example.com"]
    merged(house, pair)
    house.at(DUE + LATER + timedelta(hours=96))
    house.send(mail, texts)
    assert recipients(smtp)[2:] == ["zoe@example.com"] * 2


def test_who_was_asked_under_the_id_given_up_is_not_asked_again_so_soon(house: House, mail: Smtp, texts: Texts) -> None:
    zoe, first = house.guest()
    other, second = house.guest(arrival=DEPARTURE, departure=DEPARTURE + LATER)
    house.at(DUE)
    house.send(mail, texts)
    assert house.invitation(first).sent
    merging.merge(house.ports, house.caller, other, zoe, {})
    house.at(DUE + LATER)
    house.send(mail, texts)
    assert (house.invitation(second).state, house.invitation(second).reason) == (
        State.CANCELLED, Reason.ASKED_TOO_RECENTLY,
    )  # fmt: skip
