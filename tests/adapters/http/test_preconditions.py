"""A change is made to the version that was seen, and a query includes what was written."""

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from adapters.http.positions import at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.problems import HANDLERS

app = FastAPI(exception_handlers=HANDLERS)
waits: list[tuple[str, int, float]] = []


def wait_for(projection: str, position: int, seconds: float) -> bool:
    waits.append((projection, position, seconds))
    return position <= 100


@app.patch("/guest")
def change(expected: ExpectedVersion) -> int | None:
    return expected


@app.get("/guests", dependencies=[Depends(at_least("guest_list", wait_for))])
def guests() -> str:
    return "ready"


@pytest.fixture
def client() -> TestClient:
    waits.clear()
    return TestClient(app)


def test_if_match_gives_the_version_of_the_tag(client: TestClient) -> None:
    assert client.patch("/guest", headers={"If-Match": etag(12)}).json() == 12


def test_any_version_will_do_without_a_condition(client: TestClient) -> None:
    assert client.patch("/guest").json() is None
    assert client.patch("/guest", headers={"If-Match": "*"}).json() is None


@pytest.mark.parametrize("odd", ["12", 'W/"12"', '"12", "13"', '"x"', '""', '"-1"', '"99999999999999999999"'])
def test_what_is_not_one_tag_of_ours_is_a_400(client: TestClient, odd: str) -> None:
    answer = client.patch("/guest", headers={"If-Match": odd})
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "if-match")


def test_a_query_waits_for_the_position_it_must_include(client: TestClient) -> None:
    assert client.get("/guests", headers={"Hote-At-Least": "100"}).json() == "ready"
    assert waits == [("guest_list", 100, 5.0)]


def test_a_query_that_waited_in_vain_may_be_tried_again(client: TestClient) -> None:
    answer = client.get("/guests", headers={"Hote-At-Least": "101"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-yet")
    assert int(answer.headers["retry-after"]) > 0


def test_a_query_without_a_position_does_not_wait(client: TestClient) -> None:
    assert client.get("/guests").json() == "ready"
    assert waits == []


@pytest.mark.parametrize("malformed", ["soon", "-1", "1.5", "9223372036854775808"])
def test_a_malformed_position_is_a_400(client: TestClient, malformed: str) -> None:
    answer = client.get("/guests", headers={"Hote-At-Least": malformed})
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "hote-at-least")
    assert waits == []
