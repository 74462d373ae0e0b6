"""What holds for every operation: errors, replays, positions, correlation, health, and a document that says it all."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote, open_hote
from adapters.http import positions
from adapters.http.app import create_app
from adapters.http.openapi import undocumented
from adapters.http.problem_kinds import KINDS
from adapters.settings import Settings
from projections import runner
from projections.guest_list.fold import GuestList
from tests.contract.conftest import Api, Body, House, founded, fresh_email
from tests.contract.test_access import NEVER_ENDING, ids_of, operations
from tests.waiting import eventually

HOTEL = {"name": "Hôtel des Dunes", "country": "FR", "time_zone": "Europe/Paris", "currency": "EUR"}


class TestProblems:
    @pytest.mark.parametrize(
        "content", [b"{", b"", b'{"name": "\xe9"}', b"[" * 100_000, b'{"name": tru}', b'{"n": ' + b"9" * 5_000 + b"}"]
    )
    def test_a_body_that_cannot_be_parsed_is_a_400(self, house: House, content: bytes) -> None:
        as_json = {"Content-Type": "application/json"}
        answer = house.admin.post("/v1/properties", content=content, headers=as_json)
        # Nothing at all is not malformed, only missing.
        assert answer.status_code == (400 if content else 422)
        assert answer.headers["content-type"] == "application/problem+json"

    def test_a_body_that_is_not_json_is_a_415(self, house: House) -> None:
        answer = house.admin.post("/v1/properties", content=b"name=x", headers={"Content-Type": "text/plain"})
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type-unsupported")

    def test_a_body_that_is_too_large_is_a_413(self, house: House) -> None:
        answer = house.admin.post("/v1/guests", json={"last_name": "x" * 1_100_000})
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")

    def test_what_is_not_there_is_a_404_and_what_cannot_be_done_a_405(self, house: House) -> None:
        assert house.admin.get("/v1/nothing").json()["type"] == "/problems/not-found"
        answer = house.admin.delete("/v1/organisation")
        assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
        assert answer.headers["allow"]

    @pytest.mark.parametrize("id_", ["here", "1", "..%2F", "%00"])
    def test_an_id_that_is_none_is_refused(self, house: House, id_: str) -> None:
        assert house.admin.get(f"/v1/guests/{id_}").status_code in (404, 422)

    def test_an_id_nobody_has_is_not_found(self, house: House) -> None:
        for path in ("guests", "properties", "keys", "imports"):
            assert house.admin.get(f"/v1/{path}/{uuid7()}").status_code == 404
            assert house.admin.get(f"/v1/{path}/{house.id}").status_code == 404, "of another kind"

    def test_every_error_has_the_same_shape_in_both_languages(self, house: House, nobody: Api) -> None:
        guest = house.admin.register()
        taken = {"last_name": "A", "emails": guest["emails"]}
        for api, method, path, body, code in [
            (nobody, "GET", "/v1/guests", None, "unauthenticated"),
            (house.staff("analyst"), "GET", "/v1/guests", None, "forbidden"),
            (house.admin, "GET", f"/v1/guests/{uuid7()}", None, "not-found"),
            (house.admin, "POST", "/v1/guests", taken, "identity-taken"),
            (house.admin, "POST", "/v1/guests", {"last_name": "A"}, "invalid"),
            (house.admin, "POST", "/v1/properties", {}, "invalid"),
        ]:
            kind = KINDS[code]
            for language, title in [("fr-FR, en;q=0.5", kind.fr.title), ("en", kind.en.title), ("de", kind.en.title)]:
                answer = api.send(method, path, json=body, headers={"Accept-Language": language})
                problem = answer.json()
                assert answer.headers["content-type"] == "application/problem+json"
                assert (problem["type"], problem["title"]) == (f"/problems/{code}", title)
                assert problem["status"] == answer.status_code == kind.status
                assert problem["detail"]
                for error in problem.get("errors", []):
                    assert error.keys() == {"pointer", "code", "detail"}
                    assert error["pointer"].startswith("/")

    def test_the_type_of_a_problem_can_be_read_about(self, nobody: Api) -> None:
        for code, kind in KINDS.items():
            page = nobody.get(f"/problems/{code}", headers={"Accept-Language": "fr"})
            assert page.status_code == 200
            assert kind.fr.title.split("'")[0] in page.text


class TestIdempotency:
    def test_the_same_request_again_is_answered_as_the_first_time(self, house: House) -> None:
        entry = {"last_name": "Lefèvre", "emails": [fresh_email()]}
        once = {"Idempotency-Key": "a-guest"}
        first = house.admin.post("/v1/guests", json=entry, headers=once)
        again = house.admin.post("/v1/guests", json=entry, headers=once)
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert (again.status_code, again.json()) == (201, first.json())
        for header in ("location", "etag", "hote-position"):
            assert again.headers[header] == first.headers[header]
        assert len(house.admin.listed("/v1/guests")) == 1

    def test_so_is_a_refusal(self, house: House) -> None:
        once = {"Idempotency-Key": "refused"}
        first = house.admin.post("/v1/guests", json={"last_name": "A"}, headers=once)
        again = house.admin.post("/v1/guests", json={"last_name": "A"}, headers=once)
        assert (first.status_code, again.status_code) == (422, 422)
        assert again.headers["idempotent-replayed"] == "true"

    def test_another_request_under_the_key_is_refused(self, house: House) -> None:
        once = {"Idempotency-Key": "another"}
        house.admin.post("/v1/guests", json={"last_name": "A", "emails": [fresh_email()]}, headers=once)
        answer = house.admin.post("/v1/guests", json={"last_name": "B", "emails": [fresh_email()]}, headers=once)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")
        assert len(house.admin.listed("/v1/guests")) == 1

    def test_it_holds_for_every_post(self, house: House) -> None:
        key = house.admin.post("/v1/keys", json={"name": "k", "role": "analyst"}).headers["location"]
        requests: list[tuple[str, Body]] = [
            ("/v1/properties", {"json": HOTEL}),
            ("/v1/keys", {"json": {"name": "k", "role": "analyst"}}),
            (f"{key}/retire", {}),
            ("/v1/guests/batch", {"json": {"guests": [{"last_name": "A", "emails": [fresh_email()]}]}}),
            (
                "/v1/imports",
                {"files": {"file": ("l.csv", b"Nom;E-mail\r\nA;a@b.fr\r\n")}, "data": {"property_id": house.port}},
            ),
        ]
        for path, body in requests:
            first, again = (house.admin.post(path, headers={"Idempotency-Key": path}, **body) for _ in range(2))
            assert first.is_success, first.text
            assert again.headers["idempotent-replayed"] == "true"
            assert again.content == first.content

    def test_two_callers_can_choose_the_same_key(self, house: House, other: House) -> None:
        once = {"Idempotency-Key": "1"}
        for admin in (house.admin, other.admin):
            answer = admin.post("/v1/guests", json={"last_name": "A", "emails": [fresh_email()]}, headers=once)
            assert answer.status_code == 201
            assert "idempotent-replayed" not in answer.headers

    def test_of_many_at_once_one_runs(self, house: House) -> None:
        entry, start = {"last_name": "A", "emails": [fresh_email()]}, Barrier(8)

        def post(_: int) -> httpx.Response:
            start.wait()
            return house.admin.post("/v1/guests", json=entry, headers={"Idempotency-Key": "rush"})

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(post, range(8)))
        ran = [a for a in answers if a.status_code == 201 and "idempotent-replayed" not in a.headers]
        assert len(ran) == 1
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["type"] == "/problems/idempotency-key-in-use"
            else:
                assert answer.json() == ran[0].json()


class TestPositions:
    def test_what_was_written_can_be_read_at_once(self, house: House) -> None:
        for _ in range(10):
            answer = house.admin.post("/v1/guests", json={"last_name": "A", "emails": [fresh_email()]})
            seen = {"Hote-At-Least": answer.headers["hote-position"]}
            items = house.admin.get("/v1/guests", headers=seen).json()["items"]
            assert items[0]["id"] == answer.json()["id"]

    def test_what_is_not_there_in_time_may_be_asked_again(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(positions, "PATIENCE", 0.05)
        for path in ("/v1/guests", "/v1/properties", "/v1/keys"):
            answer = house.admin.get(path, headers={"Hote-At-Least": str(2**62)})
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-yet")
            assert int(answer.headers["retry-after"]) >= 1

    @pytest.mark.parametrize("path", ["/v1/guests", "/v1/properties", "/v1/keys"])
    def test_a_position_is_a_number(self, house: House, path: str) -> None:
        answer = house.admin.get(path, headers={"Hote-At-Least": "now"})
        assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "hote-at-least")


class TestCorrelation:
    def test_a_request_id_comes_back_and_goes_into_the_events(self, house: House, hote: Hote) -> None:
        request_id = str(uuid7())
        entry = {"last_name": "A", "emails": [fresh_email()]}
        answer = house.admin.post("/v1/guests", json=entry, headers={"X-Request-Id": request_id})
        assert answer.headers["x-request-id"] == request_id
        [event] = hote.ports.log.stream(UUID(answer.json()["id"]))
        assert event.correlation_id == UUID(request_id)
        assert event.actor.startswith("key:")
        assert event.organisation_id == house.id

    def test_without_one_it_is_given(self, house: House) -> None:
        assert house.admin.get("/v1/organisation").headers["x-request-id"]

    def test_a_trace_goes_on(self, house: House) -> None:
        trace = "0af7651916cd43dd8448eb211c80319c"
        sent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
        answered = house.admin.get("/v1/organisation", headers=sent).headers["traceparent"]
        assert re.fullmatch(rf"00-{trace}-[0-9a-f]{{16}}-01", answered)
        assert answered != sent["traceparent"]

    def test_problems_have_them_too(self, nobody: Api) -> None:
        answer = nobody.get("/v1/guests", headers={"X-Request-Id": "mine"})
        assert (answer.status_code, answer.headers["x-request-id"]) == (401, "mine")


def test_who_asks_too_much_is_told_when_to_come_back(hote: Hote, house: House, other: House) -> None:
    strict = replace(hote, settings=hote.settings.model_copy(update={"requests_per_second": 1}))
    with TestClient(create_app(strict)) as client:
        one, another = replace(house.admin, client=client), replace(other.admin, client=client)
        answers = [one.get("/v1/organisation") for _ in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert answers[-1].json()["type"] == "/problems/rate-limited"
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert another.get("/v1/organisation").status_code == 200


class TestHealth:
    def test_it_lives_and_is_ready(self, nobody: Api, house: House) -> None:
        house.admin.listed("/v1/guests")
        house.admin.listed("/v1/properties")
        assert nobody.get("/livez").status_code == 200
        eventually(lambda: all(model["position"] for model in nobody.get("/readyz").json()["projections"]))
        ready = nobody.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        models = {model["name"]: model for model in ready.json()["projections"]}
        lists = {"guest_list", "reservations", "settings", "inbox", "cost_of_quality", "invitation_status", "arrivals"}
        lists |= {"duplicates"}
        reactions = {"lake", "mail", "invitations", "stays", "erasure_ledger", "erasure_certificates"}
        assert models.keys() == lists | reactions
        for model in models.values():
            assert model["position"] > 0
            assert model["behind_events"] >= 0
            assert model["behind_seconds"] >= 0
            assert model["failure"] is None

    def test_it_is_not_ready_while_a_read_model_stands_still(
        self, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner, "RETRY_SECONDS", 0.01)
        own = Settings(home=tmp_path, database_url=SecretStr(database))
        with open_hote(own) as hote, hote.at_work(), TestClient(create_app(hote)) as client:
            house = founded(hote, client, "Groupe Rivage")
            with monkeypatch.context() as broken:
                broken.setattr(GuestList, "apply", stumble)
                guest = house.admin.post("/v1/guests", json={"last_name": "Xylozqua", "emails": [fresh_email()]})
                eventually(lambda: client.get("/readyz").status_code == 503)
                ready = client.get("/readyz")
                model = next(model for model in ready.json()["projections"] if model["name"] == "guest_list")
                assert model["failed_position"] == int(guest.headers["hote-position"])
                assert model["failure"] == "ZeroDivisionError at a GuestRegistered"
                assert model["behind_events"] == 1
                assert "Xylozqua" not in ready.text
                failed = (
                    f'hote_projection_failed{{position="{guest.headers["hote-position"]}",projection="guest_list",'
                    f'reason="{model["failure"]}"}} 1.0\n'
                )
                assert failed in client.get("/metrics").text
                assert client.get("/livez").status_code == 200
                assert house.admin.get("/v1/properties").status_code == 200
            assert [item["last_name"] for item in house.admin.listed("/v1/guests")] == ["Xylozqua"]
            eventually(lambda: client.get("/readyz").status_code == 200)
            mended = re.findall(r"hote_projection_failed{.*guest_list.*", client.get("/metrics").text)
            assert mended == ['hote_projection_failed{position="",projection="guest_list",reason=""} 0.0']

    def test_it_can_be_measured(self, nobody: Api) -> None:
        answer = nobody.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        for line in (
            'hote_projection_behind_events{projection="guest_list"}',
            "hote_log_position",
            *(f'hote_queue_length{{queue="{name}"}}' for name in ("mail", "planning", "invitations")),
            'hote_queue_waiting_seconds{queue="invitations"}',
        ):
            assert f"\n{line}" in answer.text


def stumble(*_: object) -> None:
    raise ZeroDivisionError("Xylozqua")


class TestDocument:
    def test_it_leaves_nothing_to_guess(self, nobody: Api) -> None:
        whole = nobody.get("/openapi.json").json()
        assert whole["openapi"].startswith("3.1")
        assert undocumented(whole) == []

    def test_what_is_not_open_to_all_says_so(self, nobody: Api) -> None:
        for path, item in nobody.get("/openapi.json").json()["paths"].items():
            for operation in item.values():
                assert ("security" in operation) == path.startswith("/v1/")

    def test_it_is_shown_without_reaching_for_the_internet(self, nobody: Api) -> None:
        page = nobody.get("/docs")
        assert page.status_code == 200
        found = re.findall(r"""(?:src|href|url)["']?\s*[=:]\s*["']([^"']+)""", page.text)
        assert "/openapi.json" in found
        assert all(address.startswith("/") and nobody.get(address).status_code == 200 for address in found)

    def test_every_example_of_a_body_has_the_form_that_is_asked(self, client: TestClient, house: House) -> None:
        ids = ids_of(house)
        for operation in operations(client):
            if "json" in operation.body:
                status, answer = operation.call(house.admin, ids)
                assert status != 422 or {e["code"] for e in answer["errors"]} <= OF_THE_HOUSE, (operation, answer)


OF_THE_HOUSE = {
    "property-unknown", "employee-unknown", "custom-unknown", "header-unknown", "custom-not-collected", "guest-unknown",
}  # fmt: skip
"""What an example cannot know: ids, fields and headers are the organisation's own."""

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20)
    | st.sampled_from(["2026-11-18", "\u0000", "\ud800", "=1+1", "9" * 400, str(uuid7()), "Europe/Paris", "a@b.fr"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def odd(example: object) -> st.SearchStrategy[object]:
    """The example with anything in some places."""
    match example:
        case dict():
            parts = {name: odd(value) for name, value in example.items()}
            return st.fixed_dictionaries({}, optional=parts) | anything
        case list():
            return st.lists(odd(example[0]) if example else anything, max_size=3) | anything
        case _:
            return st.just(example) | anything


@pytest.fixture(scope="module")
def paths(client: TestClient) -> Body:
    """Of the document."""
    found: Body = client.get("/openapi.json").json()["paths"]
    return found


@pytest.fixture(scope="module")
def writes(client: TestClient, paths: Body) -> Sequence[tuple[str, str, Body, object]]:
    """Method, path, operation and example of a body."""
    takes_json = [o for o in operations(client) if "json" in o.body]
    return [(o.method, o.path, paths[o.path][o.method], o.body["json"]) for o in takes_json]


def assert_documented(answer: httpx.Response, operation: Body) -> None:
    """It is no failure, and of a status and media type that the operation says it can have."""
    what = (operation["summary"], answer.status_code, answer.text)
    assert answer.status_code < 500, what
    assert str(answer.status_code) in operation["responses"], what
    if answer.content:
        media_types = operation["responses"][str(answer.status_code)]["content"]
        assert answer.headers["content-type"].split(";")[0] in media_types, what


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_body_breaks_anything(
    data: st.DataObject, writes: Sequence[tuple[str, str, Body, object]], house: House, ids: dict[str, str]
) -> None:
    method, path, operation, example = data.draw(st.sampled_from(writes))
    body = data.draw(odd(example))
    as_json = {"Content-Type": "application/json"}
    answer = house.admin.send(method.upper(), path.format(**ids), content=json.dumps(body), headers=as_json)
    assert_documented(answer, operation)


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    return ids_of(house)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_query_breaks_anything(data: st.DataObject, paths: Body, house: House, ids: dict[str, str]) -> None:
    reads = [(path, item["get"]) for path, item in paths.items() if "get" in item and path != NEVER_ENDING]
    path, operation = data.draw(st.sampled_from(reads))
    parameters = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    value = (
        st.text(max_size=10)
        | st.integers().map(str)
        | st.sampled_from(["\0", "true", "2026-11-18", "-1", "id", "csv", "xlsx"])
    )
    query = data.draw(st.dictionaries(st.sampled_from([*parameters, "other"]), value, max_size=3))
    answer = house.admin.get(path.format(**ids), params=query)
    assert_documented(answer, operation)


WORDS = ("Xylozqua", "Vurmtik", "Qabbrast", "Jorwexel", "Plumquist", "Zyndrath")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_nobodys_name_is_in_logs_metrics_or_problems(
    house: House, nobody: Api, logged: pytest.LogCaptureFixture
) -> None:
    name, mail, company, note, wrong, street = WORDS
    person = {"last_name": name, "emails": [f"{mail}@example.com"], "company": company, "note": note}
    guest = house.admin.register(**person, address={"street": street})
    path = f"/v1/guests/{guest['id']}"
    problems = [
        house.admin.post("/v1/guests", json=person),
        house.admin.post("/v1/guests", json=person | {"emails": [f"{mail} at example"], "phones": [wrong]}),
        house.admin.post("/v1/guests", json=person | {"stay": wrong, "salutation": {"x": wrong}}),
        house.admin.post("/v1/guests", json=person | {"language": wrong, "country": wrong[:2]}),
        house.admin.post("/v1/guests", content=json.dumps(person)[:-1], headers={"Content-Type": "application/json"}),
        house.admin.patch(path, json={"emails": [wrong]}),
        house.admin.patch(path, json={"note": "x"}, headers={"If-Match": '"99"'}),
        house.staff("analyst").post("/v1/guests", json=person),
        nobody.post("/v1/guests", json=person),
    ]
    batch = house.admin.post("/v1/guests/batch", json={"guests": [person, {"last_name": name, "emails": [wrong]}]})
    house.admin.listed("/v1/guests", params={"search": name})
    house.admin.get("/v1/guests", params={"search": name, "cursor": wrong})
    house.admin.delete(path)
    assert all(problem.is_error for problem in problems)
    assert batch.json()["results"][1]["status"] == "refused"

    ours = [record.getMessage() for record in logged.records if not record.name.startswith("http")]
    said = [problem.text for problem in problems] + [
        batch.text,
        nobody.get("/metrics").text,
        nobody.get("/readyz").text,
    ]
    for word in WORDS:
        assert not [text for text in ours + said if word.lower() in text.lower()]
