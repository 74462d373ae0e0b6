"""Errors reach the client as problem details, in its language, and never carry what it sent."""

import importlib
import logging
import pkgutil
from typing import Annotated, ClassVar

import pytest
from fastapi import FastAPI, Header
from fastapi.testclient import TestClient
from psycopg.errors import UndefinedTable
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

import domain
from adapters.http.correlation import Correlate
from adapters.http.failures import UnexpectedErrors
from adapters.http.pointers import pointer
from adapters.http.problem_kinds import KINDS
from adapters.http.problem_pages import router
from adapters.http.problems import HANDLERS, ProblemError
from application.problem_texts import TEXTS
from domain.refusal import Refusal


class Contact(BaseModel):
    emails: list[Annotated[str, Field(max_length=20)]] = []
    value: int | list[int] = 0


class IdentityTaken(Refusal):
    code: ClassVar[str] = "identity-taken"


app = FastAPI(exception_handlers=HANDLERS)
app.add_middleware(UnexpectedErrors)
app.add_middleware(Correlate)
app.include_router(router)


@app.post("/guests")
def create(contact: Contact, limit: int = 1, x_count: Annotated[int, Header()] = 0) -> int:
    return len(contact.emails) + limit + x_count


@app.get("/taken")
def taken() -> None:
    raise IdentityTaken("That address is known.", guest_id="42")


@app.get("/moved-on")
def moved_on() -> None:
    raise ProblemError("version-mismatch")


@app.get("/nobody")
def nobody() -> None:
    raise ProblemError("unauthenticated")


@app.get("/away")
def away() -> None:
    raise PoolTimeout("couldn't get a connection")


@app.get("/unmade")
def unmade() -> None:
    raise UndefinedTable


@app.get("/broken")
def broken() -> None:
    try:
        raise ValueError("marie.lefevre@example.com is not unique")
    except ValueError as error:
        raise RuntimeError("Marie Lefèvre") from error


@pytest.fixture
def client() -> TestClient:
    return TestClient(app)


def test_a_refusal_of_the_domain_is_a_409_with_its_members(client: TestClient) -> None:
    answer = client.get("/taken", headers={"X-Request-Id": "11111111-1111-4111-8111-111111111111"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/identity-taken",
        "title": "Already another guest's",
        "status": 409,
        "detail": "That address is known.",
        "instance": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "guest_id": "42",
    }


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("fr", "fr", "Modifié entre-temps"),
        ("fr-CA, en;q=0.8", "fr", "Modifié entre-temps"),
        ("en, fr;q=0.5", "en", "It has changed meanwhile"),
        ("de, fr;q=0.1", "fr", "Modifié entre-temps"),
        ("en;q=0, fr;q=0.1", "fr", "Modifié entre-temps"),
        ("de", "en", "It has changed meanwhile"),
        ("fr;q=huge", "en", "It has changed meanwhile"),
    ],
)
def test_title_and_detail_are_in_the_language_asked_for(
    client: TestClient, asked: str, language: str, title: str
) -> None:
    answer = client.get("/moved-on", headers={"Accept-Language": asked})
    assert (answer.headers["content-language"], answer.json()["title"]) == (language, title)


def test_a_body_that_breaks_rules_is_pointed_into_without_repeating_it(client: TestClient) -> None:
    answer = client.post("/guests", json={"emails": ["a@b.fr", "marie.lefevre@hotel-du-lac.fr"]})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid"
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/emails/1", "too-long")]
    assert "lefevre" not in answer.text


def test_a_branch_of_a_union_is_no_part_of_the_pointer(client: TestClient) -> None:
    answer = client.post("/guests", json={"value": ["x"]})
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/value", "/value/0"]


def test_what_is_wrong_with_a_field_is_said_in_the_language_asked_for(client: TestClient) -> None:
    wrong = {"emails": ["x" * 21], "value": "many"}
    said = {}
    for language in ("fr", "en"):
        answer = client.post("/guests?limit=x", json=wrong, headers={"Accept-Language": language})
        said[language] = {e.get("pointer") or e["parameter"]: (e["code"], e["detail"]) for e in answer.json()["errors"]}
        assert next(e for e in answer.json()["errors"] if e["code"] == "too-long")["expected"] == "≤ 20"
    for place, code in {"/emails/0": "too-long", "/value": "number-invalid", "limit": "number-invalid"}.items():
        assert said["en"][place] == (code, TEXTS[code].en)
        assert said["fr"][place] == (code, TEXTS[code].fr)


@pytest.mark.parametrize(("path", "code"), [("/away", "unavailable"), ("/unmade", "not-yet")])
def test_without_the_database_or_a_read_model_it_says_when_to_come_back(
    client: TestClient, path: str, code: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (503, f"/problems/{code}")
    assert int(answer.headers["retry-after"]) > 0


def test_query_parameters_are_named_as_parameters(client: TestClient) -> None:
    answer = client.post("/guests?limit=many", json={})
    assert answer.status_code == 422
    assert answer.json()["errors"][0].items() >= {"parameter": "limit", "code": "number-invalid"}.items()


def test_a_malformed_header_is_a_400(client: TestClient) -> None:
    answer = client.post("/guests", json={}, headers={"X-Count": "many"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/header-invalid"
    assert answer.json()["errors"][0]["header"] == "x-count"


@pytest.mark.parametrize("body", [b'{"emails": [', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_cannot_be_parsed_is_a_400(client: TestClient, body: bytes) -> None:
    answer = client.post("/guests", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/body-unparsable")


def test_another_media_type_is_a_415(client: TestClient) -> None:
    answer = client.post("/guests", content="emails=1", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type-unsupported")


def test_what_the_framework_refuses_is_a_problem_too(client: TestClient) -> None:
    assert client.get("/nowhere").json()["type"] == "/problems/not-found"
    answer = client.get("/guests")
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
    assert answer.headers["allow"] == "POST"
    assert client.get("/nobody").headers["www-authenticate"] == "Bearer"


def test_an_unexpected_error_tells_nothing_personal(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/broken", headers={"X-Request-Id": "req-7"})
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert answer.headers["x-request-id"] == "req-7"
    assert "efèvre" not in answer.text + caplog.text
    assert "efevre" not in answer.text + caplog.text
    for trace in ("req-7", "RuntimeError", "ValueError", "test_problems.broken:"):
        assert trace in caplog.text


def test_every_refusal_of_the_domain_is_in_the_table() -> None:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    ours = [refusal for refusal in _below(Refusal) if refusal.__module__.startswith("domain.")]
    assert {refusal.code for refusal in ours if hasattr(refusal, "code")} <= KINDS.keys()


def _below(class_: type[Refusal]) -> list[type[Refusal]]:
    return [each for below in class_.__subclasses__() for each in (below, *_below(below))]


@pytest.mark.parametrize("code", KINDS)
def test_every_problem_has_a_page_in_both_languages(client: TestClient, code: str) -> None:
    english = client.get(f"/problems/{code}")
    french = client.get(f"/problems/{code}", headers={"Accept-Language": "fr"})
    assert (english.status_code, french.status_code) == (200, 200)
    assert '<html lang="en">' in english.text
    assert '<html lang="fr">' in french.text
    assert english.text != french.text


def test_an_unknown_problem_has_no_page(client: TestClient) -> None:
    assert client.get("/problems/<script>").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ([], {}, ""),
        (["a/b", "c~d"], {"a/b": {}}, "/a~1b/c~0d"),
        (["stay", "function-after[f()]", "arrival"], {"stay": {"arrival": 1}}, "/stay/arrival"),
        (["guests", 1, "last_name"], {"guests": [{}, {}]}, "/guests/1/last_name"),
    ],
)
def test_pointers_step_only_into_what_is_there(path: list[str | int], body: object, expected: str) -> None:
    assert pointer(path, body) == expected
