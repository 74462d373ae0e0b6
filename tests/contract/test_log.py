"""/v1/log: the verdict on the whole log, told to each without what is others', and checkpoints to keep."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import Event, Thread

import psycopg
import pytest

from adapters.bootstrap import Hote
from adapters.http.routes import log as routes
from adapters.keys.signing import verified
from adapters.postgres.proof.verify import Verification
from adapters.postgres.proof.verify import verify as verify_log
from tests.contract.conftest import Api, Body, House


def verification(api: Api) -> Body:
    answer = api.get("/v1/log/verification")
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


@contextmanager
def another_actor(hote: Hote, house: House, actor: str = "key:nobody") -> Iterator[None]:
    """While it lasts, the last event of the organisation's own stream says that somebody else did it."""
    change = (
        "UPDATE log.events e SET actor = %s FROM (SELECT actor, stream, version FROM log.events"
        " WHERE stream = %s ORDER BY version DESC LIMIT 1) was"
        " WHERE e.stream = was.stream AND e.version = was.version RETURNING was.actor"
    )
    with psycopg.connect(hote.database_url, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        [was] = superuser.execute(change, [actor, house.id]).fetchone() or [None]
        try:
            yield
        finally:
            superuser.execute(change, [was, house.id])


def test_an_untouched_log_is_intact(hote: Hote, house: House) -> None:
    house.admin.get("/v1/log/checkpoint")
    told = verification(house.staff("auditor"))
    assert (told["verdict"], told["findings"], told["more"]) == ("intact", [], 0)
    assert told["events"] >= told["streams"] > 0
    assert told["checkpoint"]["position"] <= told["position"]
    assert told["public_key"].encode() == hote.signer.public_key


def test_what_was_changed_is_named(hote: Hote, house: House) -> None:
    with another_actor(hote, house):
        told = verification(house.admin)
    assert told["verdict"] == "tampered"
    [finding] = told["findings"]
    assert (finding["kind"], finding["stream"], finding["version"]) == ("changed", str(house.id), 1)
    assert finding["position"] > 0
    assert verification(house.admin)["verdict"] == "intact"


def test_of_other_organisations_only_the_number_of_findings_is_told(hote: Hote, house: House, other: House) -> None:
    with another_actor(hote, other):
        told = verification(house.admin)
    assert (told["verdict"], told["findings"], told["more"]) == ("tampered", [], 1)


def test_one_verification_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = Event(), Event()

    def slow(connection: psycopg.Connection[tuple[object, ...]], public_key: bytes) -> Verification:
        began.set()
        assert may_end.wait(30)
        return verify_log(connection, public_key)

    monkeypatch.setattr(routes, "verify", slow)
    first = Thread(target=verification, args=(house.admin,))
    first.start()
    try:
        assert began.wait(30)
        answer = house.admin.get("/v1/log/verification")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/verification-busy")
        assert int(answer.headers["retry-after"]) > 0
        assert house.admin.get("/v1/organisation").status_code == 200
    finally:
        may_end.set()
        first.join()
    assert verification(house.admin)["verdict"] == "intact"


def test_a_failed_verification_does_not_stand_in_the_way_of_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Verification:
        raise psycopg.OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(routes, "verify", failing)
        assert house.admin.get("/v1/log/verification").status_code == 503
    assert verification(house.admin)["verdict"] == "intact"


def test_a_checkpoint_is_signed_and_reaches_to_the_last_event(hote: Hote, house: House) -> None:
    position = int(house.admin.patch("/v1/organisation", json={"panel_attributes": ["a"]}).headers["hote-position"])
    answer = house.admin.get("/v1/log/checkpoint")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    body = verified(answer.content, hote.signer.public_key)
    assert body["kind"] == "checkpoint"
    assert isinstance(body["position"], int)
    assert body["position"] >= position


def test_each_checkpoint_names_the_one_before(hote: Hote, house: House) -> None:
    first = house.admin.get("/v1/log/checkpoint").content
    assert house.admin.get("/v1/log/checkpoint").content == first
    house.admin.patch("/v1/organisation", json={"panel_attributes": ["b"]})
    second = verified(house.admin.get("/v1/log/checkpoint").content, hote.signer.public_key)
    assert second["previous"] == sha256(first).hexdigest()


def test_no_checkpoint_is_signed_over_a_change(hote: Hote, house: House) -> None:
    house.admin.get("/v1/log/checkpoint")
    with psycopg.connect(hote.database_url, autocommit=True) as superuser:
        superuser.execute("UPDATE proof.head SET version = version + 1 WHERE stream = %s", [house.id])
        try:
            house.admin.patch("/v1/organisation", json={"panel_attributes": ["c"]})
            answer = house.admin.get("/v1/log/checkpoint")
        finally:
            superuser.execute("UPDATE proof.head SET version = version - 1 WHERE stream = %s", [house.id])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/log-tampered")
    assert house.admin.get("/v1/log/checkpoint").status_code == 200


@pytest.mark.parametrize("path", ["/v1/log/verification", "/v1/log/checkpoint"])
def test_the_front_desk_may_not(house: House, path: str) -> None:
    assert house.staff("front_desk").get(path).status_code == 403
