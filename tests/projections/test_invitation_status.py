"""The list of invitations tells what the domain's own fold tells, and a plain filter finds the same of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from domain import inviting
from domain.event import Recorded
from domain.invitation import (
    About,
    InvitationBounced,
    InvitationCancelled,
    InvitationEvent,
    InvitationScheduled,
    InvitationSent,
    LinkFollowed,
    Message,
    ReminderAsked,
    ReminderDropped,
    ReminderSent,
    ReviewWritten,
)
from domain.invitation_states import State
from domain.inviting import Invitation, invitation_id
from domain.property import Channel
from projections.cursor import BadCursor
from projections.folding import prepare, use
from projections.guest_list.fold import GuestList
from projections.invitation_status.fold import InvitationStatus
from projections.invitation_status.queries import count, of_last_stays, page, stream
from projections.invitation_status.query import SORTS, InvitationQuery
from projections.invitation_status.row import Row, row_of
from tests.domain.invited import ABOUT, DUE, HISTORIES, made

PORT, LAGO = UUID(int=11), UUID(int=12)
GUESTS = [UUID(int=41), UUID(int=42), UUID(int=43)]
START = datetime(2026, 11, 1, 9, tzinfo=UTC)


@dataclass
class Book:
    """Tells the read model what happens, and keeps the events plainly."""

    connection: Connection[TupleRow]
    told: dict[UUID, list[Recorded]] = field(default_factory=dict)
    untold: list[Recorded] = field(default_factory=list)
    position: int = 0

    def happen(self, about: About, *kinds: Any, **fields: object) -> UUID:
        """What comes next for the message about a stay: kinds of events, as in HISTORIES."""
        id_ = invitation_id(about.stay_id, about.message)
        before = self.told.setdefault(id_, [])
        for each in kinds:
            kind, own = each if isinstance(each, tuple) else (each, {})
            event = made(kind, len(before) + 1, **{"about": about, "guest_id": about.guest_id, **fields, **own})
            self.position += 1
            at = START + timedelta(minutes=self.position)
            event = event.model_copy(update={"originator_id": id_})
            recorded = Recorded(self.position, at, about.organisation_id, about.property_id, "key:1", id_, event)
            before.append(recorded)
            self.untold.append(recorded)
        return id_

    def tell(self, batch: int = 1_000) -> None:
        for start in range(0, len(self.untold), batch):
            with self.connection.transaction(), self.connection.cursor() as cursor:
                use(cursor, InvitationStatus.name)
                InvitationStatus().apply(cursor, self.untold[start : start + batch])
        self.untold = []

    def rows(self) -> list[Row]:
        """As they should be."""
        return [row_of(recorded) for recorded in self.told.values()]

    def texts(self) -> list[str]:
        query: LiteralString = "SELECT t::text FROM invitation_status.invitation t ORDER BY invitation"
        return [text for (text,) in self.connection.execute(query)]


def about(number: int, **fields: object) -> About:
    return ABOUT.model_copy(update={"stay_id": UUID(int=100 + number), "property_id": PORT} | fields)


@pytest.fixture
def book(database: str) -> Iterator[Book]:
    with psycopg.connect(database, autocommit=True) as connection:
        prepare(connection, GuestList())  # which knows who is one with whom
        prepare(connection, InvitationStatus())
        yield Book(connection)


def everything(of: UUID = PORT, **fields: Any) -> InvitationQuery:
    return replace(InvitationQuery([of], {}), **fields)


def a_history(random: Random) -> Sequence[Any]:
    known = [HISTORIES[state] for state in State if HISTORIES[state]]
    others = [
        (*HISTORIES[State.CANCELLED], InvitationScheduled),
        (*HISTORIES[State.SENT], ReminderAsked, (ReminderSent, {"automatic": False}), ReminderSent),
        (*HISTORIES[State.SENT], (InvitationBounced, {"permanent": False, "status": "4.2.2"})),
        (*HISTORIES[State.SENT], ReminderDropped),
    ]
    return random.choice([*known, *others])


def fill(book: Book, random: Random, number: int) -> None:
    for each in range(number):
        place = {
            "property_id": random.choice([PORT, LAGO]),
            "guest_id": random.choice(GUESTS),
            "message": random.choice(list(Message)),
        }
        fields: dict[str, object] = {
            "due_at": DUE + timedelta(days=random.randrange(10)),
            "channel": random.choice(list(Channel)),
            "portal": random.choice(["hote", "tripadvisor"]),
        }
        book.happen(about(each, **place), *a_history(random), **fields)


@pytest.mark.parametrize("state", [state for state in State if HISTORIES[state]])
@pytest.mark.parametrize("batch", [1, 1_000])
def test_says_what_the_domain_says(book: Book, state: State, batch: int) -> None:
    id_ = book.happen(about(1), *HISTORIES[state])
    book.tell(batch)
    events: list[InvitationEvent] = [each.event for each in book.told[id_]]  # type: ignore[misc]
    plain = inviting.fold(Invitation(id_), events)
    [row] = page(book.connection, everything(), 10, None).items
    assert (row.state, row.version, row.due_at) == (state, len(events), plain.due_at)
    assert (row.reason, row.remind_at, row.reminders, row.bounces, row.feedback) == (
        plain.reason,
        plain.remind_at,
        plain.reminders,
        plain.bounces,
        plain.feedback_id,
    )
    assert (row.organisation, row.property, row.guest, row.stay, row.message) == tuple(dict(about(1)).values())
    when = {type(each.event): each.recorded_at for each in book.told[id_]}
    assert (row.sent_at, row.clicked_at, row.reviewed_at) == tuple(
        when.get(kind) for kind in (InvitationSent, LinkFollowed, ReviewWritten)
    )
    assert (row.channel, row.language, row.portal) == (
        (plain.sent.channel, plain.sent.language, plain.sent.portal) if plain.sent else (None, None, None)
    )
    assert row.updated_at == book.told[id_][-1].recorded_at


def test_a_bounce_says_why_and_a_cancellation_too(book: Book) -> None:
    book.happen(about(1), *HISTORIES[State.SENT], (InvitationBounced, {"permanent": False, "status": "4.2.2"}))
    book.happen(about(2), InvitationScheduled, InvitationCancelled)
    book.tell()
    rows = {row.stay.int: row for row in page(book.connection, everything(), 10, None).items}
    assert (rows[101].state, rows[101].bounces, rows[101].bounce_status) == (State.SENT, 1, "4.2.2")
    assert rows[102].reason == "unsubscribed"


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_rows_do_not_depend_on_how_events_come(book: Book, batch: int) -> None:
    fill(book, Random(batch), 60)
    random = Random(2)
    chunks = [each for recorded in book.told.values() for each in recorded]
    random.shuffle(chunks)
    book.untold = sorted(chunks, key=lambda each: each.event.originator_version)  # streams interleave
    book.tell(batch)
    found = [row for hotel in (PORT, LAGO) for row in stream(book.connection, everything(hotel))]
    assert sorted(found) == sorted(book.rows())


def matching(book: Book, query: InvitationQuery) -> list[UUID]:
    """Those that a plain filter and sort give."""

    def within(value: datetime | None, since: datetime | None, before: datetime | None) -> bool:
        if value is None:
            return since is None and before is None
        return (since is None or value >= since) and (before is None or value < before)

    found = [
        row
        for row in book.rows()
        if row.property in query.properties
        and all(getattr(row, column) == value for column, value in query.equal.items())
        and within(row.due_at, query.due_from, query.due_before)
        and within(row.sent_at, query.sent_from, query.sent_before)
    ]
    never = datetime.min.replace(tzinfo=UTC)
    key: Callable[[Row], Any] = lambda row: (getattr(row, query.column) or never, row.invitation)  # noqa: E731
    return [row.invitation for row in sorted(found, key=key, reverse=query.descending)]


def some_query(random: Random) -> InvitationQuery:
    some = {
        "state": random.choice(list(State)),
        "message": random.choice(list(Message)),
        "channel": random.choice(list(Channel)),
        "portal": "hote",
        "guest": random.choice(GUESTS),
    }
    return InvitationQuery(
        random.choice([[PORT], [LAGO], [PORT, LAGO], []]),
        {name: some[name] for name in random.sample(list(some), random.randrange(3))},
        due_from=random.choice([None, None, DUE + timedelta(days=3)]),
        due_before=random.choice([None, None, DUE + timedelta(days=6)]),
        sent_from=random.choice([None, None, START + timedelta(minutes=30)]),
        sent_before=random.choice([None, None, START + timedelta(minutes=90)]),
        sort=random.choice(["", "-"]) + random.choice(SORTS),
    )


def test_gives_what_a_plain_filter_and_sort_gives(book: Book) -> None:
    random = Random(1)
    fill(book, random, 80)
    book.tell()
    for _ in range(150):
        query = some_query(random)
        expected = matching(book, query)
        assert [row.invitation for row in stream(book.connection, query)] == expected, query
        assert count(book.connection, query) == len(expected), query
        paged: list[UUID] = []
        cursor = None
        while True:
            items, cursor = page(book.connection, query, 7, cursor)
            paged += [row.invitation for row in items]
            if cursor is None:
                break
        assert paged == expected, query


def test_a_cursor_of_another_order_is_none(book: Book) -> None:
    fill(book, Random(1), 20)
    book.tell()
    cursor = page(book.connection, everything(), 2, None).next
    assert cursor
    for wrong in (cursor, "nonsense"):
        with pytest.raises(BadCursor):
            page(book.connection, everything(sort="due_at"), 2, wrong)


def test_tells_of_last_stays_and_of_any_message_ever(book: Book) -> None:
    first, second, third = GUESTS
    book.happen(about(1, guest_id=first, message=Message.PRE_STAY), *HISTORIES[State.SENT])
    book.happen(about(2, guest_id=first), *HISTORIES[State.SCHEDULED])
    book.happen(about(3, guest_id=second), *HISTORIES[State.REVIEWED_ON_SITE])
    book.tell()
    last = of_last_stays(book.connection, {first: about(2).stay_id, second: about(3).stay_id, third: None})
    assert [(last[each].state(Message.POST_STAY), last[each].written_to) for each in GUESTS] == [
        (State.SCHEDULED, True),
        (State.REVIEWED_ON_SITE, False),
        (State.NOT_ENABLED, False),
    ]
    assert {last[each].state(Message.PRE_STAY) for each in GUESTS} == {State.NOT_ENABLED}


def test_rows_made_anew_are_the_rows_that_were_there(book: Book) -> None:
    fill(book, Random(3), 60)
    book.tell(batch=5)
    before = book.texts()
    assert len(before) == 60
    book.connection.execute("TRUNCATE invitation_status.invitation")
    book.untold = [each for recorded in book.told.values() for each in recorded]
    book.tell()
    assert book.texts() == before
