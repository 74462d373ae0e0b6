"""A request is known by the same ids in its headers, in its handler and in the events it causes."""

from uuid import UUID

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from adapters.http.correlation import Correlate, correlate, correlation_of

REQUEST_ID = "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

app = FastAPI()
app.add_middleware(Correlate)


@app.get("/")
def handler(request: Request) -> str:
    correlation = correlation_of(request.scope)
    assert correlation is not None
    return str(correlation.correlation_id)


def test_the_handler_sees_what_the_client_sent_and_gets_back() -> None:
    traceparent = f"00-{TRACE}-00f067aa0ba902b7-01"
    answer = TestClient(app).get("/", headers={"X-Request-Id": REQUEST_ID, "traceparent": traceparent})
    assert answer.headers["x-request-id"] == answer.json() == REQUEST_ID
    assert answer.headers["traceparent"].startswith(f"00-{TRACE}-")
    assert answer.headers["traceparent"].endswith("-01")
    assert answer.headers["traceparent"] != traceparent


def test_a_request_id_that_is_no_uuid_gives_always_the_same_correlation_id() -> None:
    one, again, other = correlate("order-17", ""), correlate("order-17", ""), correlate("order-18", "")
    assert one.request_id == "order-17"
    assert one.correlation_id == again.correlation_id != other.correlation_id


@pytest.mark.parametrize("malformed", ["", "a b", 'a"b', "a\r\nSet-Cookie: b", "é", "x" * 129])
def test_a_malformed_request_id_is_replaced(malformed: str) -> None:
    request_id, correlation_id, _ = correlate(malformed, "")
    assert UUID(request_id) == correlation_id


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-00f067aa0ba902b7-01",
        f"00-{TRACE}-00f067aa0ba902b7",
    ],
)
def test_a_malformed_traceparent_begins_a_new_trace(malformed: str) -> None:
    traceparent = correlate(REQUEST_ID, malformed).traceparent
    assert TRACE not in traceparent
    assert traceparent.endswith("-00")
    assert len(traceparent) == 55
