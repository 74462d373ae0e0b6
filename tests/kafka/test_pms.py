"""What a PMS tells over Kafka is taken in once and in its order, and what nobody understands is set aside."""

from collections.abc import Callable, Iterator, Sequence

import orjson
import psycopg
import pytest
from psycopg import Cursor
from psycopg.rows import TupleRow
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from adapters import worker
from adapters.bootstrap import Hote, open_hote
from adapters.kafka.dead_letters import MOST_BYTES, DeadLetter
from adapters.kafka.pms import DEAD_LETTERS, TOPIC
from adapters.kafka.reading import Message
from adapters.kafka.taken import Overtaken, move_on, next_offsets
from adapters.postgres.guest_log import GuestLog, Ready
from adapters.settings import Settings
from adapters.worker import Worker
from application.desk import known_as
from application.ports import ConcurrentChange
from domain.contact import FieldProblem
from domain.event import Event
from domain.reservation import GuestCheckedIn, ReservationBooked, ReservationCancelled, ReservationChanged, Source
from tests.conftest import FreshDatabase
from tests.installation import Rivage, rivage
from tests.kafka.broker import Broker
from tests.kafka.telling import Tale, first_in, send, told
from tests.waiting import eventually

Known = Callable[[str], Sequence[Event]]


@pytest.fixture(scope="module")
def hote(fresh_database: FreshDatabase, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    """Of all its workers one is at work: the one that takes in what a PMS tells."""
    broker.make(TOPIC)
    broker.make(DEAD_LETTERS, 1)
    with fresh_database() as database:
        settings = Settings(
            home=tmp_path_factory.mktemp("home"),
            database_url=SecretStr(database),
            kafka_bootstrap=SecretStr(broker.bootstrap),
        )
        with open_hote(settings) as hote:
            assert hote.pms
            taking_in = Worker("pms", hote.database_url, hote.pms.take_next)
            taking_in.start()
            yield hote
            taking_in.stop()


@pytest.fixture(scope="module")
def hotel(hote: Hote) -> Rivage:
    return rivage(hote.ports)


@pytest.fixture
def known(hote: Hote, hotel: Rivage) -> Known:
    """What happened to a reservation; nothing where nobody has heard of it."""

    def known(external_id: str) -> list[Event]:
        key = known_as(hotel.property_id, external_id)
        reservation_id = hote.ports.log.owners(hotel.caller.organisation_id, [key]).get(key)
        return [each.event for each in hote.ports.log.stream(reservation_id)] if reservation_id else []

    return known


def test_a_reservation_is_booked_with_its_guest_and_goes_on(broker: Broker, hotel: Rivage, known: Known) -> None:
    at = hotel.property_id
    send(
        broker,
        [
            told(at, "A1", 1, source="engine"),
            told(at, "A1", 2, "changed", rooms=["12", "13"], state="booked"),
            told(at, "A1", 3, "checked_in", rooms=["12", "13"]),
        ],
    )
    eventually(lambda: len(known("A1")) == 3)
    booked, changed, came = known("A1")
    assert isinstance(booked, ReservationBooked)
    assert (booked.source, booked.pms_version, booked.booking.rooms) == (Source.ENGINE, 1, ("12",))
    assert booked.guest_id
    assert booked.contact
    assert booked.contact.emails == ("A1@example.com",)
    assert isinstance(changed, ReservationChanged)
    assert changed.fields == ("rooms",)
    assert isinstance(came, GuestCheckedIn)


def test_what_comes_again_or_late_is_not_news(broker: Broker, hotel: Rivage, known: Known) -> None:
    at = hotel.property_id
    created, changed = told(at, "B1", 1), told(at, "B1", 2, "changed", rooms=["7"], state="booked")
    cancelled = told(at, "B1", 3, "cancelled", rooms=["7"])
    send(broker, [created, cancelled, changed, created, cancelled, told(at, "B1", 4, "cancelled", rooms=["8"])])
    eventually(lambda: len(known("B1")) == 4)
    assert [type(each) for each in known("B1")] == [
        *(ReservationBooked, ReservationChanged, ReservationCancelled),
        ReservationChanged,
    ]


def test_what_nobody_understands_is_set_aside_and_holds_nobody_up(
    broker: Broker, hotel: Rivage, known: Known, caplog: pytest.LogCaptureFixture
) -> None:
    at = hotel.property_id
    wrong = [
        Tale("C1", b'{"guest": "Jeanne Secret"'),
        told(at, "C1", 1, arrival="2031-02-30"),
        told(uuid7(), "C1", 1),
        told(at, "C1", 1, "cooked"),
        Tale("C1", b""),
        Tale("C1", b"\xff\xfe" * 400),
    ]
    send(broker, [*wrong, told(at, "C1", 2)])
    eventually(lambda: len(known("C1")) == 1)
    letters = first_in(broker, DEAD_LETTERS, len(wrong))
    assert [each.value for each in letters] == [each.value for each in wrong]
    problems = [[value.decode() for name, value in each.headers if name == "problem"] for each in letters]
    assert problems[1] == ["date-invalid /data/arrival"]
    assert problems[2] == ["property-unknown /data/property_id"]
    assert all(problems)
    places = [dict(each.headers) for each in letters]
    assert {each["topic"] for each in places} == {TOPIC.encode()}
    assert len({(each["partition"], each["offset"]) for each in places}) == len(wrong)
    assert "sets" in caplog.text
    assert "Secret" not in caplog.text


@pytest.mark.parametrize(
    "message",
    [
        Message(3, 7, b"k" * MOST_BYTES, b"v", [("ce_id", b"1")]),
        Message(3, 7, b"k", b"v" * MOST_BYTES, [("ce_id", b"1")]),
        Message(3, 7, b"k", b"v", [("ce_id", b"1" * MOST_BYTES)]),
    ],
)
def test_of_what_is_too_long_for_another_topic_the_place_is_told(message: Message) -> None:
    letter = DeadLetter(TOPIC, message, [FieldProblem("/data", "missing", "")])
    assert (letter.key, letter.value) == (None, None)
    assert dict(letter.headers) == {
        "problem": b"missing /data", "topic": TOPIC.encode(), "partition": b"3", "offset": b"7",
    }  # fmt: skip


@pytest.mark.parametrize("failure", [ConcurrentChange("Somebody else."), psycopg.OperationalError("It went away.")])
def test_what_could_not_be_written_is_decided_anew(
    broker: Broker, hotel: Rivage, known: Known, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures, write = [failure], GuestLog.write

    def failing_once(log: GuestLog, ready: Ready, *, cursor: Cursor[TupleRow] | None = None) -> int:
        if failures:
            raise failures.pop()
        return write(log, ready, cursor=cursor)

    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(GuestLog, "write", failing_once)
    name = f"E {type(failure).__name__}"
    send(broker, [told(hotel.property_id, name, 1)])
    eventually(lambda: len(known(name)) == 1)
    assert not failures


def test_the_attributes_can_be_headers(broker: Broker, hotel: Rivage, known: Known) -> None:
    event = orjson.loads(told(hotel.property_id, "D1", 1).value)
    data = orjson.dumps(event.pop("data"))
    headers = [(f"ce_{name}", value.encode()) for name, value in event.items()]
    send(broker, [Tale("D1", data)], [*headers, ("content-type", b"application/json")])
    eventually(lambda: len(known("D1")) == 1)


def test_who_was_overtaken_writes_nothing(database: str) -> None:
    """As a process that others took for dead, and that comes back in the middle of a batch."""
    topic_id = uuid7()
    with psycopg.connect(database, autocommit=True) as one, psycopg.connect(database, autocommit=True) as other:
        before = next_offsets(one, TOPIC, topic_id, [0, 1])
        assert before == next_offsets(other, TOPIC, topic_id, [0, 1]) == {0: 0, 1: 0}
        move_on(one.cursor(), topic_id, before, {1: 7})
        with pytest.raises(Overtaken), other.transaction():
            move_on(other.cursor(), topic_id, before, {0: 5, 1: 7})
        assert next_offsets(one, TOPIC, topic_id, [0, 1]) == {0: 0, 1: 7}
