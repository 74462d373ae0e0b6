"""A running service for all tests of the contract, and an organisation of its own for each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.cli.founding import found
from adapters.http.app import create_app
from adapters.settings import Settings
from domain.property import PropertySettings
from projections import runner
from tests.conftest import FreshDatabase
from tests.installation import HOTEL

Body = dict[str, Any]
"""What a client sends, or reads from an answer, as JSON has it."""

numbers = count(1)


@dataclass(frozen=True)
class Api:
    """The service as somebody with a key calls it; or with none."""

    client: TestClient
    key: str | None

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any) -> httpx.Response:
        key = {} if self.key is None else {"Authorization": f"Bearer {self.key}"}
        answer: httpx.Response = self.client.request(method, path, headers=key | (headers or {}), **request)
        return answer

    def get(self, path: str, **request: Any) -> httpx.Response:
        return self.send("GET", path, **request)

    def post(self, path: str, **request: Any) -> httpx.Response:
        return self.send("POST", path, **request)

    def patch(self, path: str, **request: Any) -> httpx.Response:
        return self.send("PATCH", path, **request)

    def delete(self, path: str, **request: Any) -> httpx.Response:
        return self.send("DELETE", path, **request)

    def listed(self, path: str, **request: Any) -> list[Body]:
        """The items of a list that holds all that was written before."""
        answer = self.get(path, headers={"Hote-At-Least": self._position()}, **request)
        assert answer.status_code == 200, answer.text
        items: list[Body] = answer.json()["items"]
        return items

    def _position(self) -> str:
        return self.patch("/v1/organisation", json={"panel_attributes": [str(next(numbers))]}).headers["Hote-Position"]

    def register(self, **fields: object) -> Body:
        """A guest, with an e-mail address of their own unless the fields say how to reach them."""
        contact = {} if {"emails", "phones"} & fields.keys() else {"emails": [fresh_email()]}
        answer = self.post("/v1/guests", json={"last_name": "Lefèvre"} | contact | fields)
        assert answer.status_code == 201, answer.text
        guest: Body = answer.json()
        return guest


@dataclass(frozen=True)
class House:
    """An organisation with two properties, `port` in France and `lago` in Italy; `admin` may do everything."""

    id: UUID
    port: str
    lago: str
    admin: Api

    def staff(self, role: str, *properties: str) -> Api:
        """Somebody with this role, at these properties or, if none is named, all."""
        answer = self.admin.post("/v1/keys", json={"name": role, "role": role, "properties": list(properties) or None})
        assert answer.status_code == 201, answer.text
        return Api(self.admin.client, answer.json()["key"])


@dataclass
class Clock:
    """What it says is set by hand; `client` asks a service that goes by it."""

    now: datetime
    client: TestClient

    def at(self, api: Api, now: datetime) -> Api:
        """The service at another moment, until it is asked for at the next."""
        self.now = now
        return replace(api, client=self.client)


def fresh_email() -> str:
    return f"guest{next(numbers)}@example.com"


@pytest.fixture(scope="package")
def hote(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    with fresh_database() as database:
        settings = Settings(
            home=tmp_path_factory.mktemp("home"), database_url=SecretStr(database), requests_per_second=100_000
        )
        # Whoever asks the lake for what was just written has it look at once: tests of all else need not pay for it.
        with pytest.MonkeyPatch.context() as patch, open_hote(settings) as hote:
            patch.setattr(runner, "SELDOM_SECONDS", 10.0)
            with hote.at_work():
                yield hote


@pytest.fixture(scope="package")
def client(hote: Hote) -> Iterator[TestClient]:
    with TestClient(create_app(hote)) as client:
        yield client


@pytest.fixture(scope="package")
def clock(hote: Hote, client: TestClient) -> Iterator[Clock]:
    clock = Clock(datetime.now(UTC), client)
    with TestClient(create_app(replace(hote, ports=replace(hote.ports, now=lambda: clock.now)))) as clock.client:
        yield clock


@pytest.fixture
def house(hote: Hote, client: TestClient) -> House:
    return founded(hote, client, "Groupe Rivage")


@pytest.fixture
def other(hote: Hote, client: TestClient) -> House:
    """Somebody else's organisation."""
    return founded(hote, client, "Autre Groupe")


@pytest.fixture
def nobody(client: TestClient) -> Api:
    return Api(client, None)


def founded(hote: Hote, client: TestClient, name: str) -> House:
    lago = PropertySettings(name="Villa Lago", country="IT", time_zone="Europe/Rome", currency="EUR", groups=("Lacs",))
    it = found(hote.ports, name, [HOTEL, lago])
    return House(it.organisation_id, str(it.property_ids[0]), str(it.property_ids[1]), Api(client, it.key))
