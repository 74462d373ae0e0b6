"""What is told while guests are one is sealed for the merge: who is erased later leaves nothing that any key opens."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from application import merging
from application.erasure.guests import anonymise_guest
from application.erasure.made import LedgerLine, erase_again
from application.erasure.why import Why
from application.feedback import FeedbackEntry, record_feedback
from application.guest_entry import Judged
from application.guest_records import load_whole, record_of, who_is
from application.guests import change_guest, delete_guest, read_guest, register_guest
from application.legal_hold import lift_hold, place_hold
from application.ports import Ports
from application.replying import ReplyEntry, reply_to_feedback
from domain import silencing
from domain.contact import Profile
from domain.erasure import About
from domain.feedback import Kind
from domain.guest import Guest
from domain.guest_events import Origin
from tests.installation import rivage

WHY = Why(reason="Demande")


class House:
    """Three guests, of whom every word is only theirs."""

    def __init__(self, pool: Pool, database: str) -> None:
        self.log = GuestLog(pool, MasterKey(bytes(range(KEY_BYTES))))
        self.ports = Ports(log=self.log, now=lambda: datetime.now(UTC), new_id=uuid7)
        self.caller, self.property_id, _ = rivage(self.ports)
        self.ana, self.bea, self.dan = (self.registered(name) for name in ("Anazq", "Beazq", "Danzq"))
        self._database = database

    def registered(self, name: str) -> UUID:
        profile = Profile(last_name=name, emails=(f"{name.lower()}@example.com",), note=f"{name} au calme")
        return register_guest(self.ports, self.caller, Judged("fr", "FR", profile, None), Origin.MANUAL)[0]

    def merge(self, guest_id: UUID, other_id: UUID) -> UUID:
        return merging.merge(self.ports, self.caller, guest_id, other_id, {})[0]

    def undo(self, merge_id: UUID) -> None:
        merging.undo_merge(self.ports, self.caller, merge_id)

    def written_of(self, guest_id: UUID, level: str) -> None:
        """All that is sealed in a guest's stream is told once."""

        def new(guest: Guest) -> Judged:
            assert guest.known.profile
            profile = guest.known.profile
            emails = (*profile.emails, f"{level.lower()}@example.com")
            return Judged("fr", "FR", profile.model_copy(update={"level": level, "emails": emails}), None)

        change_guest(self.ports, self.caller, guest_id, new)
        place_hold(self.ports, self.caller, guest_id, f"Litige {level}")
        lift_hold(self.ports, self.caller, guest_id)
        guest = load_whole(self.ports, self.caller, guest_id).guest
        assert guest.known.profile
        for email in guest.known.profile.emails:
            if events := silencing.suppress(load_whole(self.ports, self.caller, guest_id).guest, email):
                self.log.append(events, self.caller.metadata(self.ports.now()))

    def anonymise(self, guest_id: UUID) -> None:
        anonymise_guest(self.ports, self.caller, guest_id, WHY)

    def readable(self, *words: str) -> list[str]:
        """Those of the words that some key in the database opens somewhere in the log, or that stand there in clear."""
        with psycopg.connect(self._database) as connection:
            rows = connection.execute("SELECT stream, payload FROM log.events").fetchall()
        streams = self.log.streams([stream for stream, _ in rows])
        told = [each.event.model_dump_json() for recorded in streams.values() for each in recorded]
        text = " ".join([*told, *(bytes(payload).decode() for _, payload in rows)]).lower()
        return [word for word in words if word.lower() in text]

    def shown(self, guest_id: UUID) -> Profile:
        profile = read_guest(self.ports, self.caller, guest_id).guest.known.profile
        assert profile
        return profile


@pytest.fixture
def house(pool: Pool, database: str) -> House:
    return House(pool, database)


@pytest.mark.parametrize("erased", ["ana", "bea"])
def test_a_merge_that_was_a_mistake_leaves_nothing_with_the_other(house: House, erased: str) -> None:
    merge_id = house.merge(house.ana, house.bea)
    house.written_of(house.ana, "Levelzq")
    assert house.readable("Beazq", "Levelzq", "Litige Levelzq") == ["Beazq", "Levelzq", "Litige Levelzq"]
    house.undo(merge_id)
    gone, left = (house.ana, house.bea) if erased == "ana" else (house.bea, house.ana)
    house.anonymise(gone)
    words = ["Anazq", "Levelzq"] if erased == "ana" else ["Beazq"]
    assert house.readable(*words, f"{erased}zq@") == []
    assert house.shown(left).emails[0] == ("beazq@example.com" if erased == "ana" else "anazq@example.com")
    house.written_of(left, "Againzq")
    assert house.shown(left).level == "Againzq"


def test_who_are_one_are_erased_together(house: House) -> None:
    house.merge(house.bea, house.dan)
    house.written_of(house.bea, "Levelzq")
    house.merge(house.ana, house.bea)
    house.written_of(house.ana, "Morezq")
    house.anonymise(house.ana)
    assert house.readable("Anazq", "Beazq", "Danzq", "Levelzq", "Morezq") == []
    for guest_id in (house.ana, house.bea, house.dan):
        assert load(house, guest_id).anonymised
    owners = house.log.owners(house.caller.organisation_id, [f"{n}zq@example.com" for n in ("ana", "bea", "dan")])
    assert owners == {}


@pytest.mark.parametrize("erased", ["ana", "bea", "dan"])
def test_of_a_chain_too_only_who_is_erased_is_gone(house: House, erased: str) -> None:
    first = house.merge(house.bea, house.dan)
    house.written_of(house.bea, "Levelzq")
    last = house.merge(house.ana, house.bea)
    house.written_of(house.ana, "Morezq")
    house.undo(last)
    house.undo(first)
    house.anonymise(getattr(house, erased))
    assert house.readable(f"{erased}zq") == []
    for other in {"ana", "bea", "dan"} - {erased}:
        assert f"{other}zq@example.com" in house.shown(getattr(house, other)).emails


def test_who_left_a_chain_in_the_middle_takes_nothing_along_of_those_who_stay(house: House) -> None:
    house.merge(house.bea, house.dan)
    house.undo(house.merge(house.ana, house.bea))
    house.anonymise(house.ana)
    assert house.readable("Anazq") == []
    assert house.shown(house.bea).emails == ("beazq@example.com", "danzq@example.com")
    house.anonymise(house.bea)
    assert house.readable("Beazq", "Danzq") == []


def test_who_is_deleted_after_a_mistake_leaves_nothing_either(house: House) -> None:
    house.undo(house.merge(house.ana, house.bea))
    delete_guest(house.ports, house.caller, house.bea)
    assert house.readable("Beazq") == []
    assert house.shown(house.ana).last_name == "Anazq"


def test_an_answer_that_went_to_the_wrong_one_is_erased_with_them(house: House) -> None:
    """To a complaint of the one, at an address of the other, for they were taken for one person."""
    said = FeedbackEntry(property_id=house.property_id, kind=Kind.NEGATIVE, guest_id=house.bea, comment="Bruit")
    feedback_id, _ = record_feedback(house.ports, house.caller, said)
    merge_id = house.merge(house.ana, house.bea)
    reply_to_feedback(house.ports, house.caller, feedback_id, ReplyEntry(text="Nous sommes désolés."))
    assert house.readable("désolés") == ["désolés"]
    house.undo(merge_id)
    house.anonymise(house.ana)
    assert house.readable("anazq") == []
    assert house.readable("Bruit") == ["Bruit"]


def lines(house: House, *guest_ids: UUID) -> list[LedgerLine]:
    at = datetime.now(UTC)
    organisation_id = house.caller.organisation_id
    return [LedgerLine(About.GUEST, id_, organisation_id, uuid7(), at, "key", "Demande", None) for id_ in guest_ids]


@pytest.mark.parametrize("order", [["bea"], ["ana"], ["ana", "bea", "dan"], ["dan", "bea", "ana"]])
def test_a_backup_from_while_they_were_one_erases_only_who_was_erased(house: House, order: Sequence[str]) -> None:
    """Whether that was all of them, or one who was set free before."""
    house.merge(house.bea, house.dan)
    house.merge(house.ana, house.bea)
    house.written_of(house.ana, "Morezq")
    again = lines(house, *(getattr(house, name) for name in order))
    assert erase_again(house.ports, again) == len(order)
    assert house.readable(*(f"{name}zq" for name in order)) == []
    for other in {"ana", "bea", "dan"} - set(order):
        assert f"{other}zq@example.com" in house.shown(who_is(house.log, getattr(house, other)).guest.id).emails
    assert erase_again(house.ports, again) == 0


def load(house: House, guest_id: UUID) -> Guest:
    return record_of(guest_id, house.log.stream(guest_id)).guest
