"""A change is made to the version that was seen, and a query includes what was written."""

from functools import partial

import anyio
import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from adapters.http import positions
from adapters.http.positions import at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.problems import HANDLERS

app = FastAPI(exception_handlers=HANDLERS)
looks: list[str] = []


def progress(projection: str) -> tuple[int, int]:
    """It is at 98 at the first look and goes on by one at each; the log is at 102, and it never gets beyond 100."""
    looks.append(projection)
    return min(97 + len(looks), 100), 102


@app.patch("/guest")
def change(expected: ExpectedVersion) -> int | None:
    return expected


@app.get("/guests", dependencies=[Depends(at_least("guest_list", progress))])
def guests() -> str:
    return "ready"


@pytest.fixture
def client() -> TestClient:
    looks.clear()
    return TestClient(app)


def test_if_match_gives_the_version_of_the_tag(client: TestClient) -> None:
    assert client.patch("/guest", headers={"If-Match": etag(12)}).json() == 12


def test_any_version_will_do_without_a_condition(client: TestClient) -> None:
    assert client.patch("/guest").json() is None
    assert client.patch("/guest", headers={"If-Match": "*"}).json() is None


@pytest.mark.parametrize("foreign", ['W/"12"', '"x"', '""', '"-1"', '"99999999999999999999"'])
def test_a_tag_that_is_weak_or_not_of_ours_matches_no_version(client: TestClient, foreign: str) -> None:
    assert client.patch("/guest", headers={"If-Match": foreign}).json() == -1


@pytest.mark.parametrize("odd", ["12", '"12", "13"', '"x'])
def test_what_is_not_one_tag_is_a_400(client: TestClient, odd: str) -> None:
    answer = client.patch("/guest", headers={"If-Match": odd})
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "if-match")


def test_a_query_waits_for_the_position_it_must_include(client: TestClient) -> None:
    assert client.get("/guests", headers={"Hote-At-Least": "100"}).json() == "ready"
    assert looks == ["guest_list"] * 3


def test_a_query_that_waited_in_vain_may_be_tried_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "PATIENCE", 0.05)
    answer = client.get("/guests", headers={"Hote-At-Least": "101"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-yet")
    assert int(answer.headers["retry-after"]) > 0


def test_what_the_log_has_not_given_out_is_not_waited_for(client: TestClient) -> None:
    answer = client.get("/guests", headers={"Hote-At-Least": "103"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-yet")
    assert len(looks) == 1


def test_who_waits_holds_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PATIENCE", "FIRST_PAUSE"):
        monkeypatch.setattr(positions, name, 30.0)
    waiting, looked = 60, 0

    def never(_: str) -> tuple[int, int]:
        nonlocal looked
        looked += 1
        return 0, 1

    service = FastAPI()
    service.get("/guests", dependencies=[Depends(at_least("guest_list", never))])(guests)

    async def many() -> str:
        transport = httpx.ASGITransport(service)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://hote") as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(waiting):
                group.start_soon(partial(client.get, "/guests", headers={"Hote-At-Least": "1"}))
            with anyio.fail_after(20):
                while looked < waiting:
                    await anyio.sleep(0.001)
                answer: str = (await client.get("/guests")).json()
            group.cancel_scope.cancel()
        assert waiting > current_default_thread_limiter().total_tokens
        return answer

    assert anyio.run(many) == "ready"


def test_a_query_without_a_position_does_not_wait(client: TestClient) -> None:
    assert client.get("/guests").json() == "ready"
    assert looks == []


@pytest.mark.parametrize("malformed", ["soon", "-1", "1.5", "9223372036854775808"])
def test_a_malformed_position_is_a_400(client: TestClient, malformed: str) -> None:
    answer = client.get("/guests", headers={"Hote-At-Least": malformed})
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "hote-at-least")
    assert looks == []
