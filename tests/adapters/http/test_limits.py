"""Bodies and callers have limits, and a client that meets one is told which."""

from collections.abc import Iterator

from fastapi import FastAPI, Request, UploadFile
from fastapi.testclient import TestClient
from starlette.types import Scope

from adapters.http.limits import Allowance, BodyLimit, RateLimit
from adapters.http.problems import HANDLERS

SECOND = 1_000_000_000


def small_app() -> FastAPI:
    app = FastAPI(exception_handlers=HANDLERS)
    app.add_middleware(BodyLimit, default=100, by_path={"/imports": 100_000})

    @app.post("/guests")
    def create(guest: dict[str, str]) -> int:
        return len(guest)

    @app.post("/imports")
    def load(file: UploadFile) -> int:
        return len(file.file.read())

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    return app


def chunks(number: int) -> Iterator[bytes]:
    yield from [b"x" * 50] * number


def test_a_body_over_the_limit_is_a_413_that_names_the_limit() -> None:
    answer = TestClient(small_app()).post("/guests", json={"name": "x" * 100})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
    assert "100 bytes" in answer.json()["detail"]


def test_a_body_without_a_length_is_counted_as_it_comes() -> None:
    client = TestClient(small_app())
    headers = {"Content-Type": "application/json"}
    for path in ("/raw", "/guests"):
        answer = client.post(path, content=chunks(3), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
    assert client.post("/raw", content=chunks(2), headers=headers).json() == 100


def test_a_path_can_have_a_limit_of_its_own() -> None:
    client = TestClient(small_app())
    assert client.post("/imports", files={"file": b"x" * 90_000}).json() == 90_000
    assert client.post("/imports", files={"file": b"x" * 100_000}).status_code == 413


class Clock:
    """Stands still until it is moved."""

    now = 0

    def __call__(self) -> int:
        return self.now


def test_a_caller_has_a_burst_and_then_a_pace() -> None:
    clock = Clock()
    allowance = Allowance(per_second=10, burst=5, clock=clock)
    assert [allowance.take("a") for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert allowance.take("b") == 0
    clock.now += SECOND // 10
    assert [allowance.take("a") for _ in range(2)] == [0, 1]
    clock.now += 3600 * SECOND
    assert [allowance.take("a") for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_asking_in_vain_does_not_lengthen_the_wait() -> None:
    clock = Clock()
    allowance = Allowance(per_second=1, burst=1, clock=clock)
    assert [allowance.take("a") for _ in range(4)] == [0, 1, 1, 1]
    clock.now += SECOND
    assert allowance.take("a") == 0


def test_callers_who_went_away_are_forgotten() -> None:
    clock = Clock()
    allowance = Allowance(per_second=1, burst=1, clock=clock)
    for number in range(1000):
        allowance.take(f"caller {number}")
        clock.now += SECOND
    assert len(allowance._full_at) < 5


def test_too_many_requests_are_a_429_with_the_seconds_to_wait() -> None:
    def caller(scope: Scope) -> str | None:
        return dict(scope["headers"]).get(b"authorization", b"").decode() or None

    app = small_app()
    app.add_middleware(RateLimit, allowance=Allowance(per_second=1, burst=2, clock=Clock()), caller=caller)
    client = TestClient(app)
    statuses = [client.post("/raw", headers={"Authorization": "a"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = client.post("/raw", headers={"Authorization": "a"})
    assert (answer.json()["type"], answer.headers["retry-after"]) == ("/problems/rate-limited", "1")
    assert client.post("/raw", headers={"Authorization": "b"}).status_code == 200
    assert [client.post("/raw").status_code for _ in range(4)] == [200] * 4
