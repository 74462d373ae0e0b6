"""To which address an answer goes: one that is known to be the guest's, before any that somebody wrote from."""

from uuid import UUID

import pytest

from application.guest_entry import Judged
from application.guests import change_guest
from application.replying import ReplyEntry, reply_to_feedback
from domain.contact import Profile
from domain.feedback import GuestReplied, Letter, ReplyWritten
from domain.handling import NoAddress
from tests.application.memory import House


@pytest.fixture
def house() -> House:
    return House()


def reachable_at(house: House, guest_id: UUID, *emails: str) -> None:
    profile = Profile(last_name="Lefèvre", emails=emails)
    change_guest(house.ports, house.admin, guest_id, lambda _: Judged("fr", "FR", profile, None))


def wrote(house: House, feedback_id: UUID, address: str) -> None:
    letter = Letter(address=address, subject="Re: Hôtel du Port", text="Merci", message_id=f"<{address}>")
    version = len(house.log.stream(feedback_id)) + 1
    event = GuestReplied(originator_id=feedback_id, originator_version=version, subject_id=feedback_id, letter=letter)
    house.happens(event, at=house.ports.now())


def written_to(house: House, feedback_id: UUID) -> str:
    reply_to_feedback(house.ports, house.admin, feedback_id, ReplyEntry(text="Bonjour"))
    event = house.log.recorded[-1].event
    assert isinstance(event, ReplyWritten)
    assert event.letter
    return event.letter.address


def test_a_known_guest_is_written_to_at_the_preferred_address(house: House) -> None:
    guest = house.registered()
    reachable_at(house, guest, "zoe@example.com", "travail@example.com")
    feedback = house.complaint(house.port, guest, email="ancienne@example.com")
    assert written_to(house, feedback) == "zoe@example.com"


def test_or_at_the_one_they_wrote_from_last_if_it_is_theirs(house: House) -> None:
    guest = house.registered()
    reachable_at(house, guest, "zoe@example.com", "travail@example.com")
    feedback = house.complaint(house.port, guest)
    wrote(house, feedback, "Travail@example.com")
    assert written_to(house, feedback) == "Travail@example.com"


@pytest.mark.parametrize("known", [True, False])
def test_whoever_else_writes_does_not_draw_the_answers_to_themselves(house: House, known: bool) -> None:
    if known:
        guest = house.registered()
        reachable_at(house, guest, "zoe@example.com")
        feedback = house.complaint(house.port, guest)
    else:
        feedback = house.complaint(house.port, email="zoe@example.com")
    wrote(house, feedback, "evil@example.net")
    assert written_to(house, feedback) == "zoe@example.com"


def test_where_none_is_known_whom_wrote_last_is(house: House) -> None:
    guest = house.registered()
    reachable_at(house, guest)
    feedback = house.complaint(house.port, guest, email="avis@example.com")
    assert written_to(house, feedback) == "avis@example.com"
    unknown = house.complaint(house.port)
    with pytest.raises(NoAddress):
        written_to(house, unknown)
    wrote(house, unknown, "zoe@example.net")
    assert written_to(house, unknown) == "zoe@example.net"
