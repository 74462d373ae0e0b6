"""GET /v1/inbox/stream on a real server: everybody who has the inbox open hears of each change, and of no other's."""

import json
import socket
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from adapters import inbox_changes
from adapters.bootstrap import Hote
from adapters.http.app import create_app
from adapters.http.routes import inbox_stream
from domain.event import Metadata
from domain.handling import NOTHING_SAID
from projections.inbox import changes
from tests.contract.conftest import Api, Body, House
from tests.contract.recording import recorded
from tests.contract.streams import Heard, asked, opened, serving
from tests.waiting import eventually

Listen = Callable[..., Heard]


@pytest.fixture(scope="module")
def port(hote: Hote) -> Iterator[int]:
    with serving(create_app(hote)) as (port, _):
        yield port


@pytest.fixture
def listen(port: int) -> Listen:
    return lambda *arguments, **more: opened(port, *arguments, **more)


def hears(inbox: Heard, *feedbacks: Body) -> bool:
    return {feedback["id"] for feedback in feedbacks} <= set(inbox.feedbacks)


def test_twenty_open_inboxes_all_see_a_change(house: House, listen: Listen) -> None:
    inboxes = [listen(house.admin) for _ in range(20)]
    feedback = recorded(house.admin, house.port, comment="Travaux dès 7 h", room="104")
    eventually(lambda: all(hears(inbox, feedback) for inbox in inboxes))
    assert {inbox.content_type for inbox in inboxes} == {"text/event-stream; charset=utf-8"}


def test_an_event_says_where_the_feedback_is_and_nothing_that_was_said(house: House, listen: Listen) -> None:
    inbox = listen(house.admin)
    feedback = recorded(house.admin, house.port, comment="Travaux", room="104", author="Zoé", kind="negative")
    eventually(lambda: hears(inbox, feedback))
    done = house.admin.post(f"/v1/feedback/{feedback['id']}/done")
    eventually(lambda: len(inbox.events) == 2)

    told = {"feedback_id": feedback["id"], "property_id": house.port, "category": "alert"}
    (name, first), (_, second) = inbox.events
    assert name == "feedback"
    assert first == told | {"folder": "inbox", "position": first["position"]}
    assert second == told | {"folder": "done", "position": int(done.headers["Hote-Position"])}
    assert inbox.last_id == done.headers["Hote-Position"]


def test_nobody_hears_of_what_is_not_theirs(house: House, other: House, listen: Listen) -> None:
    elsewhere = listen(other.admin)
    at_lago = listen(house.staff("front_desk", house.lago))
    in_lacs = listen(house.admin, group="Lacs")
    only_lago = listen(house.admin, property_id=house.lago)
    everything = listen(house.admin)
    first = recorded(house.admin, house.port)
    second = recorded(house.admin, house.lago)
    theirs = recorded(other.admin, other.port)
    eventually(lambda: hears(elsewhere, theirs) and hears(everything, first, second))
    eventually(lambda: all(hears(inbox, second) for inbox in (at_lago, in_lacs, only_lago)))

    assert everything.feedbacks == [first["id"], second["id"]]
    assert elsewhere.feedbacks == [theirs["id"]]
    assert [inbox.feedbacks for inbox in (at_lago, in_lacs, only_lago)] == [[second["id"]]] * 3


def test_who_comes_back_hears_what_changed_in_the_meantime(house: House, listen: Listen) -> None:
    before = listen(house.admin)
    heard = recorded(house.admin, house.port)
    eventually(lambda: hears(before, heard))
    missed = [recorded(house.admin, house.port), recorded(house.admin, house.lago)]
    house.admin.listed("/v1/inbox")

    again = listen(house.admin, {"Last-Event-ID": str(before.events[0][1]["position"])})
    eventually(lambda: hears(again, *missed))
    latest = recorded(house.admin, house.port)
    eventually(lambda: hears(again, latest))
    assert again.feedbacks == [each["id"] for each in (heard, *missed, latest)]


def test_who_missed_a_great_many_is_told_to_read_anew(
    house: House, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_TOLD", 2)
    for _ in range(3):
        last = house.admin.post("/v1/feedback", json={"property_id": house.port, "kind": "positive"})
    house.admin.listed("/v1/inbox")
    again = listen(house.admin, {"Last-Event-ID": "1"})
    eventually(lambda: again.events != [])
    [(name, told)] = again.events
    assert (name, told["position"] >= int(last.headers["Hote-Position"])) == ("reload", True)


def test_a_great_many_changes_at_once_are_one_event(
    hote: Hote, house: House, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_TOLD", 2)
    inbox = listen(house.admin)
    now, position = hote.ports.now(), 0
    recorded_at_once = [
        NOTHING_SAID.model_copy(
            update={
                "originator_id": (feedback := uuid7()),
                "originator_version": 1,
                "organisation_id": house.id,
                "property_id": UUID(house.port),
                "subject_id": feedback,
                "said_at": now,
                "day": now.date(),
            }
        )
        for _ in range(3)
    ]
    position = hote.log.append(
        recorded_at_once, Metadata(recorded_at=now, actor="test", organisation_id=house.id, correlation_id=uuid7())
    )
    eventually(lambda: inbox.last_id == str(position))
    assert inbox.events == [("reload", {"position": position})]


def test_a_stream_ends_when_its_key_is_revoked(house: House, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_stream, "KNOWN_SECONDS", 0.05)
    key = house.admin.post("/v1/keys", json={"name": "k", "role": "front_desk"}).json()
    inbox, other_ = listen(Api(house.admin.client, key["key"])), listen(house.admin)
    assert not inbox.ended
    house.admin.post(f"/v1/keys/{key['id']}/retire")
    eventually(lambda: inbox.ended)
    assert not other_.ended


def test_one_caller_cannot_open_streams_without_end(
    house: House, listen: Listen, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_changes, "MOST_FOR_ONE", 2)
    desk = house.staff("front_desk")
    for _ in range(2):
        listen(desk)
    listen(house.admin)
    with asked(port, desk) as refused:
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/rate-limited")
        assert int(refused.headers["Retry-After"]) > 0


def test_who_leaves_makes_room(house: House, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_changes, "MOST_FOR_ONE", 1)

    def let_in() -> bool:
        with asked(port, house.admin) as answer:
            return answer.status_code == 200

    assert let_in()
    eventually(let_in)


@pytest.mark.parametrize("query", [{"property_id": "nowhere"}, {"folder": "inbox"}])
def test_a_stream_of_what_cannot_be_is_refused(house: House, port: int, query: dict[str, str]) -> None:
    with asked(port, house.admin, query) as refused:
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, next(iter(query)))


def test_who_may_not_read_feedback_hears_nothing(house: House, nobody: Api, port: int) -> None:
    with asked(port, nobody) as refused:
        assert refused.status_code == 401
    with asked(port, house.staff("analyst")) as refused:
        assert refused.json()["missing_right"] == "feedback:read"


def test_who_does_not_read_is_dropped(hote: Hote, house: House, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_changes, "MOST_FOR_ONE", 1)
    request = f"GET /v1/inbox/stream HTTP/1.1\r\nHost: hote\r\nAuthorization: Bearer {house.admin.key}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as asleep:
        asleep.sendall(request.encode())
        assert asleep.recv(12) == b"HTTP/1.1 200"
        with asked(port, house.admin) as refused:
            assert refused.status_code == 429

        def dropped() -> bool:
            told = [[house.id, house.port, house.port, "inbox", "new", 10**9 + number] for number in range(10_000)]
            with hote.pool.connection() as connection:
                payloads = [json.dumps(change, default=str) for change in told]
                connection.execute(
                    "SELECT pg_notify(%s, told) FROM unnest(%s::text[]) AS told", [changes.CHANNEL, payloads]
                )
            with asked(port, house.admin) as answer:
                return answer.status_code == 200

        eventually(dropped)


def test_streams_end_with_the_server(house: House, hote: Hote) -> None:
    with serving(create_app(hote)) as (port, server):
        inboxes = [opened(port, house.admin) for _ in range(3)]
        server.should_exit = True
        eventually(lambda: all(inbox.ended for inbox in inboxes))


def test_nothing_is_missed_when_postgres_hangs_up(house: House, hote: Hote, listen: Listen, port: int) -> None:
    inbox = listen(house.admin)
    first = recorded(house.admin, house.port)
    eventually(lambda: hears(inbox, first))
    with hote.pool.connection() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    eventually(lambda: inbox.ended)
    second = recorded(house.admin, house.port)

    def comes_back() -> bool:
        again = Heard(port, house.admin, {"Last-Event-ID": inbox.last_id})
        again.start()
        eventually(lambda: hears(again, second) or again.ended)  # refused as long as nothing can be heard
        return hears(again, second)

    eventually(comes_back)
