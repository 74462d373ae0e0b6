"""A POST that is sent again runs once: with retries, at the same time, after a crash, for forms and for files."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Form, Request, UploadFile
from fastapi.testclient import TestClient
from starlette.types import Scope

from adapters.http.failures import UnexpectedErrors
from adapters.http.fingerprints import Fingerprint
from adapters.http.first_answers import FirstAnswers
from adapters.http.idempotency import Idempotency
from adapters.http.limits import BodyLimit
from adapters.http.problem_kinds import KINDS
from adapters.http.problems import HANDLERS, ProblemError
from adapters.postgres.recorder import Pool


class Service:
    """A small API that counts how often its handlers ran."""

    def __init__(self, pool: Pool) -> None:
        self.runs = 0
        self.fails = 0
        self.entered = Event()
        self.may_go_on = Event()
        self.may_go_on.set()
        self.pool = pool
        app = FastAPI(exception_handlers=HANDLERS)
        app.add_middleware(Idempotency, answers=FirstAnswers(pool), secret=authorization)
        app.add_middleware(BodyLimit, default=1000, by_path={"/imports": 500_000})
        app.add_middleware(UnexpectedErrors)

        @app.post("/guests", status_code=201)
        def create(guest: dict[str, str]) -> dict[str, int]:
            self.runs += 1
            self.entered.set()
            self.may_go_on.wait(30)
            if self.fails:
                self.fails -= 1
                raise RuntimeError
            if guest.get("last_name") == "refused":
                raise ProblemError("identity-taken", members={"guest_id": "7"})
            if guest.get("last_name") in KINDS:
                raise ProblemError(guest["last_name"])
            return {"run": self.runs}

        @app.post("/imports")
        def load(file: UploadFile, language: Annotated[str, Form()]) -> dict[str, int]:
            self.runs += 1
            return {"run": self.runs, "bytes": len(file.file.read()), "letters": len(language)}

        @app.post("/unread")
        def unread() -> int:
            self.runs += 1
            return self.runs

        @app.post("/raw")
        async def raw(request: Request) -> int:
            return len(await request.body())

        self.client: httpx.Client = TestClient(app)

    def post(
        self, last_name: str = "Lefèvre", *, key: str = "k1", who: str = "Bearer a", path: str = "/guests"
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key, "Authorization": who}
        return self.client.post(path, json={"last_name": last_name}, headers=headers)

    def upload(self, file: bytes, *, boundary: str, language: str = "fr") -> httpx.Response:
        """As a client with a boundary of its own; httpx draws a new one each time."""
        headers = {
            "Idempotency-Key": "k1",
            "Authorization": "Bearer a",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        return self.client.post(
            "/imports", files={"file": ("list.csv", file)}, data={"language": language}, headers=headers
        )

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        with self.pool.connection() as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def authorization(scope: Scope) -> bytes | None:
    return dict(scope["headers"]).get(b"authorization")


def kind(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


@pytest.fixture
def service(pool: Pool) -> Service:
    return Service(pool)


def test_the_first_answer_is_given_again(service: Service) -> None:
    first, again = service.post(), service.post()
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, {"run": 1})
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert service.runs == 1


def test_a_refusal_is_an_answer_too(service: Service) -> None:
    first, again = service.post("refused"), service.post("refused")
    assert kind(first) == kind(again) == (409, "identity-taken")
    assert again.headers["idempotent-replayed"] == "true"
    assert service.runs == 1


def test_another_body_or_address_needs_another_key(service: Service) -> None:
    service.post()
    assert kind(service.post("Martin")) == (422, "idempotency-key-reused")
    assert kind(service.post(path="/guests?dry_run=true")) == (422, "idempotency-key-reused")
    assert kind(service.post(path="/unread")) == (422, "idempotency-key-reused")
    assert service.post("Martin", key="k2").json() == {"run": 2}


def test_callers_do_not_meet(service: Service) -> None:
    assert [service.post(who=who).json() for who in ("Bearer a", "Bearer b")] == [{"run": 1}, {"run": 2}]


def test_without_a_key_or_a_caller_nothing_is_kept(service: Service) -> None:
    service.client.post("/guests", json={}, headers={"Authorization": "Bearer a"})
    service.client.post("/guests", json={}, headers={"Idempotency-Key": "k1"})
    assert service.runs == 2
    assert service.execute("SELECT * FROM http.first_answers") == []


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_malformed_key_is_refused(service: Service, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode(), b"Authorization": b"Bearer a"}
    assert kind(service.client.post("/guests", json={}, headers=headers)) == (400, "header-invalid")
    assert service.runs == 0


def test_twenty_at_the_same_time_run_once(service: Service) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: service.post(), range(20)))
    assert service.runs == 1
    for answer in answers:
        assert answer.status_code == 201 or kind(answer) == (409, "idempotency-key-in-use")
    assert service.post().headers["idempotent-replayed"] == "true"


def test_while_the_first_runs_the_second_is_told_to_wait(service: Service) -> None:
    service.may_go_on.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(service.post)
        assert service.entered.wait(30)
        second = service.post()
        service.may_go_on.set()
    assert kind(second) == (409, "idempotency-key-in-use")
    assert second.headers["retry-after"] == "1"
    assert first.result().status_code == 201


def test_an_answer_of_5xx_is_not_kept(service: Service) -> None:
    service.fails = 1
    assert service.post().status_code == 500
    assert service.post().json() == {"run": 2}
    assert [service.post("not-yet", key="k2").status_code for _ in range(2)] == [503, 503]
    assert service.runs == 4


def test_a_lost_race_is_not_kept(service: Service) -> None:
    first, again = service.post("conflict"), service.post("conflict")
    assert kind(first) == kind(again) == (409, "conflict")
    assert int(again.headers["retry-after"]) > 0
    assert service.runs == 2


def test_what_a_dead_server_left_running_can_be_taken_over(service: Service) -> None:
    service.post()
    service.execute("UPDATE http.first_answers SET sealed = NULL")  # it died before it could answer
    assert kind(service.post()) == (409, "idempotency-key-in-use")
    service.execute("UPDATE http.first_answers SET lease_until = now() - interval '1 second'")
    assert service.post().json() == {"run": 2}


def test_a_run_that_lost_its_lease_does_not_overwrite_the_answer(service: Service) -> None:
    service.may_go_on.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(service.post)
        assert service.entered.wait(30)
        service.execute("UPDATE http.first_answers SET holder = gen_random_uuid()")  # somebody took over
        service.may_go_on.set()
    assert first.result().status_code == 201
    assert service.execute("SELECT sealed FROM http.first_answers") == [(None,)]


def test_a_living_run_renews_its_lease(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = Event()
    renew = FirstAnswers.renew

    def renew_and_tell(self: FirstAnswers, *which: object) -> None:
        renew(self, *which)  # type: ignore[arg-type]
        renewed.set()

    monkeypatch.setattr(FirstAnswers, "renew", renew_and_tell)
    monkeypatch.setattr("adapters.http.idempotency.BEAT", 0.01)
    service.may_go_on.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(service.post)
        assert service.entered.wait(30)
        service.execute("UPDATE http.first_answers SET lease_until = now() - interval '1 hour'")
        renewed.clear()
        assert renewed.wait(30)
        assert service.execute("SELECT lease_until > now() FROM http.first_answers") == [(True,)]
        service.may_go_on.set()
    assert first.result().status_code == 201


def test_an_answer_is_kept_for_a_day(service: Service) -> None:
    service.post()
    answers = FirstAnswers(service.pool)
    service.execute("UPDATE http.first_answers SET expires_at = expires_at - interval '23 hours 59 minutes'")
    assert answers.forget_expired() == 0
    assert service.post().json() == {"run": 1}
    service.execute("UPDATE http.first_answers SET expires_at = expires_at - interval '1 minute'")
    assert service.post().json() == {"run": 2}
    service.execute("UPDATE http.first_answers SET expires_at = now() - interval '1 minute'")
    assert answers.forget_expired() == 1


def test_a_form_sent_again_with_another_boundary_is_the_same(service: Service) -> None:
    file = b"Nom;E-mail\r\n" * 20_000
    first = service.upload(file, boundary="first-boundary")
    again = service.upload(file, boundary="another-boundary")
    assert first.json() == again.json() == {"run": 1, "bytes": len(file), "letters": 2}
    assert again.headers["idempotent-replayed"] == "true"
    assert kind(service.upload(file, boundary="b", language="en")) == (422, "idempotency-key-reused")
    assert kind(service.upload(file + b"x", boundary="b")) == (422, "idempotency-key-reused")


def test_a_boundary_is_found_wherever_the_body_is_cut() -> None:
    body = b"--bobo\r\nbobobobo\r\nbo--bobo--\r\n"
    scope = {"path": "/", "query_string": b"", "headers": [(b"content-type", b"multipart/form-data; boundary=bobo")]}
    digests = set()
    for size in range(1, len(body) + 1):
        fingerprint = Fingerprint(scope)
        for start in range(0, len(body), size):
            fingerprint.add(body[start : start + size])
        digests.add(fingerprint.digest())
    assert len(digests) == 1


def test_a_body_that_the_handler_did_not_read_counts_too(service: Service) -> None:
    assert service.post("a", path="/unread").json() == 1
    assert service.post("a", path="/unread").json() == 1
    assert kind(service.post("b", path="/unread")) == (422, "idempotency-key-reused")


def test_a_body_that_is_cut_off_leaves_the_key_free(service: Service) -> None:
    headers = {"Idempotency-Key": "k1", "Authorization": "Bearer a"}
    too_much = (b"x" * 400 for _ in range(4))
    assert kind(service.client.post("/raw", content=too_much, headers=headers)) == (413, "body-too-large")
    assert service.client.post("/raw", content=b"x" * 400, headers=headers).json() == 400


def test_the_table_alone_reveals_nothing(service: Service) -> None:
    service.post("refused", key="a-very-visible-key", who="Bearer a-very-visible-secret")
    [row] = service.execute("SELECT id, sealed FROM http.first_answers")
    for column in row:
        assert isinstance(column, bytes)
        for visible in (b"visible", b"Bearer", b"identity", b"guest"):
            assert visible not in column
