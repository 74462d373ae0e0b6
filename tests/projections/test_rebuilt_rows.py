"""Whatever happened, all read models thrown away and made anew hold the very rows that were there."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from adapters.bootstrap import PROJECTIONS, Hote, open_hote
from adapters.settings import Settings
from application import arrivals, catalogue, guests, handling, keys, organisation
from application.blocking import block_guest, unblock_guest
from application.caller import Caller
from application.catalogue import GivenEntry
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.erasure.words import anonymise_words
from application.feedback import FeedbackEntry, record_feedback
from application.guest_entry import Judged
from application.handling import HoldEntry
from application.invitations import cancel_communication
from application.legal_hold import lift_hold, place_hold
from application.ports import Ports
from application.quality_costs import QualityCostEntry, record_quality_cost
from application.replying import ReplyEntry, reply_to_feedback
from application.settling import ResolutionEntry, reopen_feedback, resolve_feedback
from domain import access, inviting, registering
from domain.access import Role
from domain.catalogue import CodeSettings, CostItemSettings, EmployeeSettings
from domain.contact import Profile, Stay
from domain.erasure import About
from domain.event import Event
from domain.guest import BlockReason, Guest, Origin
from domain.invitation import About as Invited
from domain.invitation import Delay, InvitationSent, Message
from domain.inviting import Invitation
from domain.money import Money
from domain.property import Channel
from domain.refusal import Refusal
from projections.folding import advance, apply, checkpoint, prepare
from projections.rebuild import rebuild
from tests.conftest import FreshDatabase
from tests.domain import told
from tests.installation import HOTEL, rivage

NOBODY = Judged(None, None, Profile(last_name="Personne"), None)

Rows = dict[tuple[str, str], list[str]]
"""Of each schema and table: its rows as Postgres writes them, in an order of no meaning."""


class House:
    """An organisation, and what its staff did: each method is a command about one of its things, picked by a number."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        here = rivage(ports)
        self.admin: Caller = here.caller
        self.properties = [here.property_id]
        self.keys: list[UUID] = []
        self.guests: list[UUID] = []
        self.entries: list[tuple[type[CodeSettings | CostItemSettings | EmployeeSettings], UUID]] = []
        self.gifts: list[UUID] = []
        self.said: list[UUID] = []
        self.arrivals: list[UUID] = []
        wine = CostItemSettings(name="Vin", unit_value=Money(amount=1800, currency="EUR"))
        self.wine = catalogue.add_entry(ports, self.admin, wine)
        self.add_entries(0, NOBODY)
        for number in (1, 2):
            self.issue_key(number, NOBODY)
            self.register(number, NOBODY)
            self.announce(number, NOBODY)
            self.stay(number, NOBODY._replace(stay=Stay(property_id=self.properties[0], room="104")))
            self.invite(number, NOBODY)
            self.give(number, NOBODY._replace(country="FR" if number == 1 else None))
            self.say(number, NOBODY._replace(country="FR" if number == 1 else None))

    def register(self, _: int, entry: Judged) -> None:
        self.guests.append(guests.register_guest(self.ports, self.admin, entry, Origin.MANUAL)[0])

    def take_in(self, number: int, entry: Judged) -> None:
        """Two rows, of one guest where both tell the same e-mail."""
        other = entry._replace(profile=entry.profile.model_copy(update={"phones": (), "first_name": str(number)}))
        outcomes, _ = guests.take_in(self.ports, self.admin, [entry, other], Origin.IMPORT)
        self.guests += [outcome.guest_id for outcome in outcomes]

    def announce(self, number: int, entry: Judged) -> None:
        """Somebody of whom an interface tells, or tells anew."""
        stay = entry.stay or Stay(property_id=self.properties[0], room=f"10{number}")
        told = entry._replace(profile=entry.profile.model_copy(update={"emails": (f"{number}@x.fr",)}), stay=stay)
        self.arrivals += arrivals.announce(self.ports, self.admin, [told])[0]

    def accept(self, number: int, _: Judged) -> None:
        arrival_id = self.arrivals[number % len(self.arrivals)]
        self.guests.append(arrivals.accept_arrival(self.ports, self.admin, arrival_id)[0])

    def refuse(self, number: int, _: Judged) -> None:
        arrivals.refuse_arrival(self.ports, self.admin, self.arrivals[number % len(self.arrivals)])

    def change(self, number: int, entry: Judged) -> None:
        guests.change_guest(self.ports, self.admin, self.guests[number % len(self.guests)], lambda _: entry)

    def stay(self, number: int, entry: Judged) -> None:
        guest = self._guest(number)
        self._append(registering.record_stay(guest, entry.stay, self.ports.new_id()) if entry.stay else [])

    def remove_stay(self, number: int, _: Judged) -> None:
        guest = self._guest(number)
        self._append([event for stay_id in list(guest.stays)[:1] for event in registering.remove_stay(guest, stay_id)])

    def delete(self, number: int, _: Judged) -> None:
        guests.delete_guest(self.ports, self.admin, self.guests[number % len(self.guests)])

    def anonymise(self, number: int, _: Judged) -> None:
        anonymise_guest(self.ports, self.admin, self.guests[number % len(self.guests)], Why(reason="asked for it"))

    def hold(self, number: int, _: Judged) -> None:
        place_hold(self.ports, self.admin, self.guests[number % len(self.guests)], f"Dossier {number}")

    def lift_hold(self, number: int, _: Judged) -> None:
        lift_hold(self.ports, self.admin, self.guests[number % len(self.guests)])

    def block(self, number: int, _: Judged) -> None:
        block_guest(self.ports, self.admin, self.guests[number % len(self.guests)], BlockReason.OTHER, None)

    def unblock(self, number: int, _: Judged) -> None:
        unblock_guest(self.ports, self.admin, self.guests[number % len(self.guests)])

    def invite(self, number: int, _: Judged) -> None:
        """To review a stay: schedules the invitation, then sends it."""
        guest = self._guest(number)
        for stay_id, stay in list(guest.stays.items())[:1]:
            about = Invited(
                organisation_id=self.admin.organisation_id,
                property_id=stay.property_id,
                guest_id=guest.id,
                stay_id=stay_id,
                message=Message.POST_STAY,
            )
            id_ = inviting.invitation_id(stay_id, Message.POST_STAY)
            told = [each.event for each in self.ports.log.stream(id_)]
            invitation = inviting.fold(Invitation(id_), told)
            sent = InvitationSent(
                **invitation.next_place, guest_id=guest.id, channel=Channel.EMAIL, language="fr", address="a@x.fr"
            )
            self._append([sent] if told else inviting.plan(invitation, about, self.ports.now(), Delay.STAY))

    def end_communication(self, number: int, _: Judged) -> None:
        cancel_communication(self.ports, self.admin, self.guests[number % len(self.guests)])

    def add_property(self, number: int, _: Judged) -> None:
        settings = HOTEL.model_copy(update={"name": f"Hotel {number}"})
        self.properties.append(organisation.add_property(self.ports, self.admin, settings)[0])

    def change_property(self, number: int, _: Judged) -> None:
        organisation.change_property(
            *(self.ports, self.admin, self.properties[number % len(self.properties)]),
            lambda settings: settings.model_copy(update={"name": f"{settings.name} {number}"}),
        )

    def issue_key(self, number: int, _: Judged) -> None:
        hotels = self.properties[: number % 3] or None
        issued = keys.issue_key(self.ports, self.admin, name=f"key {number}", role=Role.FRONT_DESK, properties=hotels)
        self.keys.append(issued.id)

    def revoke_key(self, number: int, _: Judged) -> None:
        keys.change_key(self.ports, self.admin, self.keys[number % len(self.keys)], access.revoke)

    def add_entries(self, number: int, _: Judged) -> None:
        """One to each catalogue, everywhere or at some properties."""
        hotels = tuple(self.properties[: number % 3]) or None
        value = Money(amount=number, currency="EUR")
        for new in (
            CodeSettings(name=f"code {number}", properties=hotels),
            CostItemSettings(name=f"item {number}", unit_value=value, properties=hotels),
            EmployeeSettings(name=f"employee {number}", email=f"e{number}@rivage.example", properties=hotels),
        ):
            self.entries.append((type(new), catalogue.add_entry(self.ports, self.admin, new)))

    def change_entry(self, number: int, _: Judged) -> None:
        kind, entry_id = self.entries[number % len(self.entries)]
        catalogue.change_entry(
            *(self.ports, self.admin, kind, entry_id),
            lambda settings: settings.model_copy(update={"name": f"{settings.name} {number}", "properties": None}),
        )

    def retire_entry(self, number: int, _: Judged) -> None:
        catalogue.retire_entry(self.ports, self.admin, *self.entries[number % len(self.entries)])

    def give(self, number: int, entry: Judged) -> None:
        """To a guest, or to somebody who is none."""
        guest_id = self.guests[number % len(self.guests)] if entry.country else None
        cost = QualityCostEntry(
            property_id=self.properties[0],
            guest_id=guest_id,
            comment=f"Gift {number}",
            items=(GivenEntry(item_id=self.wine, quantity=number + 1),),
        )
        self.gifts.append(record_quality_cost(self.ports, self.admin, cost)[0])

    def anonymise_gift(self, number: int, _: Judged) -> None:
        gift = self.gifts[number % len(self.gifts)]
        anonymise_words(self.ports, self.admin, About.QUALITY_COST, gift, Why(reason="asked for it"))

    def say(self, number: int, entry: Judged) -> None:
        """By a guest, or by somebody who is none."""
        known = {"guest_id": self.guests[number % len(self.guests)]} if entry.country else {"email": "zoe@example.com"}
        told = {"property_id": self.properties[0], "kind": "negative", "comment": "Bruit", "room": f"10{number}"}
        self.said.append(record_feedback(self.ports, self.admin, FeedbackEntry.model_validate(told | known))[0])

    def settle(self, number: int, _: Judged) -> None:
        given = ResolutionEntry(items=(GivenEntry(item_id=self.wine, quantity=number + 1),), satisfaction=4)
        resolve_feedback(self.ports, self.admin, self.said[number % len(self.said)], given)

    def reopen(self, number: int, _: Judged) -> None:
        reopen_feedback(self.ports, self.admin, self.said[number % len(self.said)], "It began again")

    def claim(self, number: int, _: Judged) -> None:
        handling.claim_feedback(self.ports, self.admin, self.said[number % len(self.said)], None)

    def wait_with_it(self, number: int, _: Judged) -> None:
        handling.hold_feedback(self.ports, self.admin, self.said[number % len(self.said)], HoldEntry())

    def reply(self, number: int, _: Judged) -> None:
        reply_to_feedback(
            self.ports, self.admin, self.said[number % len(self.said)], ReplyEntry(text="Nous sommes désolés.")
        )

    def handle(self, number: int, entry: Judged) -> None:
        name = list(handling.STEPS)[(number + bool(entry.country)) % len(handling.STEPS)]
        handling.step(self.ports, self.admin, self.said[number % len(self.said)], name)

    def anonymise_said(self, number: int, _: Judged) -> None:
        said = self.said[number % len(self.said)]
        anonymise_words(self.ports, self.admin, About.FEEDBACK, said, Why(reason="asked for it"))

    def _guest(self, number: int) -> Guest:
        return guests.read_guest(self.ports, self.admin, self.guests[number % len(self.guests)]).guest

    def _append(self, events: Sequence[Event]) -> None:
        if events:
            self.ports.log.append(events, self.admin.metadata(self.ports.now()))


FORGETTING = ["delete", "anonymise"]
"""Commands that destroy a guest's key."""

COMMANDS = [name for name in vars(House) if not name.startswith("_")]


class Given(NamedTuple):
    """A command; `seen` when the read models take it in before the next one, with the keys of that moment."""

    command: str
    number: int
    entry: Judged
    seen: bool


entries = st.builds(
    Judged,
    language=st.sampled_from([None, "fr"]),
    country=st.sampled_from([None, "FR"]),
    profile=told.profiles,
    stay=st.none() | told.stays,
)
histories = st.lists(
    st.builds(Given, st.sampled_from(COMMANDS), st.integers(0, 5), entries, st.booleans()), min_size=5, max_size=25
)


@pytest.fixture(scope="module")
def hote(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    """Wired, but not at work: the test feeds the read models."""
    with fresh_database() as database:
        own = Settings(home=tmp_path_factory.mktemp("home"), database_url=SecretStr(database))
        with open_hote(own) as hote:
            yield hote


def follow(hote: Hote, connection: Connection[TupleRow]) -> None:
    """Feeds every read model what is new, one event at a time."""
    for projection in PROJECTIONS:
        prepare(connection, projection)
        position, before = checkpoint(connection, projection.name), -1
        while position > before:
            before, types = position, [kind.__name__ for kind in projection.folds]
            position, _ = advance(hote.feed, position, 1, types, partial(apply, connection, projection))


def throw_away(connection: Connection[TupleRow]) -> None:
    for projection in PROJECTIONS:
        connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(projection.name)))
        connection.execute("DELETE FROM projection.checkpoints WHERE name = %s", [projection.name])


def rows(connection: Connection[TupleRow]) -> Rows:
    """Everything that is in any read model."""
    tables = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = ANY(%s)",
        [[projection.name for projection in PROJECTIONS]],
    ).fetchall()
    return {
        (schema, table): sorted(
            row[0] for row in connection.execute(SQL("SELECT t::text FROM {} t").format(Identifier(schema, table)))
        )
        for schema, table in tables
    }


@settings(max_examples=20, deadline=None)
@given(history=histories, forgetting=st.sampled_from(FORGETTING), then_forgotten=st.integers(0, 5))
def test_read_models_made_anew_hold_the_rows_that_were_there(
    hote: Hote, history: list[Given], forgetting: str, then_forgotten: int
) -> None:
    house = House(hote.ports)
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        for each in history:
            with suppress(Refusal):  # such as of a guest who is gone: nothing was written then
                getattr(house, each.command)(each.number, each.entry)
            if each.seen:
                follow(hote, connection)
        follow(hote, connection)  # the guest is read while they can be, and is forgotten then
        with suppress(Refusal):
            getattr(house, forgetting)(then_forgotten, NOBODY)
        follow(hote, connection)
        before = rows(connection)
        assert {schema for schema, _ in before} == {projection.name for projection in PROJECTIONS}
        throw_away(connection)
        for projection in PROJECTIONS:
            list(rebuild(connection, hote.feed, projection))
        assert rows(connection) == before


def test_rows_do_not_depend_on_the_order_in_which_postgres_gives_back_the_stays(hote: Hote) -> None:
    """Three rooms of one guest on one day: which is their last, and in what order the properties stand."""
    house = House(hote.ports)
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        for room, property_id in (("104", UUID(int=3)), ("105", UUID(int=11)), ("106", UUID(int=19))):
            stay = Stay(property_id=property_id, arrival=date(2026, 11, 18), departure=None, room=room)
            house.stay(0, NOBODY._replace(stay=stay))
            follow(hote, connection)
            connection.execute("UPDATE guest_list.stay SET room = room WHERE room = '104'")  # which puts it at the end
        before = rows(connection)
        for projection in PROJECTIONS:
            list(rebuild(connection, hote.feed, projection))
        assert rows(connection) == before
