"""The published document keeps the conventions, says when it does not, and can be browsed without the internet."""

import re
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Query
from fastapi.security import HTTPBearer
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict, Field

from adapters.http import docs
from adapters.http.openapi import document, problems, undocumented
from adapters.http.paging import ListQuery, Page
from adapters.http.preconditions import ExpectedVersion


class Guest(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"last_name": "Lefèvre"}]})

    last_name: str


class Bare(BaseModel):
    name: Annotated[str, Field(examples=["Lefèvre"])]
    age: int


def documented_app() -> FastAPI:
    app = FastAPI(title="Hôte", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(docs.router)

    @app.post("/v1/guests", status_code=201, responses=problems("identity-taken", "forbidden"))
    def register_guest(guest: Guest) -> Guest:
        return guest

    @app.get("/v1/guests")
    def list_guests(query: Annotated[ListQuery, Query()]) -> Page[Guest]:
        return Page(items=[Guest(last_name=str(query.limit))], next=None)

    @app.delete("/v1/guests/{guest_id}", status_code=204, dependencies=[Depends(HTTPBearer())])
    def delete_guest(guest_id: str, expected: ExpectedVersion) -> None: ...

    return app


def examples(operation: dict[str, dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]]]) -> set[str]:
    """The codes of all problems of an operation."""
    contents = (response.get("content", {}) for response in operation["responses"].values())
    return {code for content in contents for code in content.get("application/problem+json", {}).get("examples", {})}


def test_every_operation_lists_its_problems_and_those_of_the_conventions() -> None:
    whole = document(documented_app())
    assert whole["openapi"].startswith("3.1")
    assert examples(whole["paths"]["/v1/guests"]["post"]) == {
        "identity-taken",
        "forbidden",
        "body-unparsable",
        "body-too-large",
        "media-type-unsupported",
        "header-invalid",
        "invalid",
        "idempotency-key-in-use",
        "idempotency-key-reused",
        "rate-limited",
        "internal",
        "unavailable",
    }
    assert examples(whole["paths"]["/v1/guests"]["get"]) == {"invalid", "rate-limited", "internal", "unavailable"}
    assert examples(whole["paths"]["/v1/guests/{guest_id}"]["delete"]) == {
        "header-invalid",
        "invalid",
        "unauthenticated",
        "forbidden",
        "rate-limited",
        "internal",
        "unavailable",
    }


def test_problems_of_one_status_stand_side_by_side() -> None:
    responses = document(documented_app())["paths"]["/v1/guests"]["post"]["responses"]
    both = responses["409"]["content"]["application/problem+json"]["examples"]
    assert both.keys() == {"identity-taken", "idempotency-key-in-use"}


def test_every_post_takes_an_idempotency_key() -> None:
    paths = document(documented_app())["paths"]
    names = {method: [p["name"] for p in o.get("parameters", [])] for method, o in paths["/v1/guests"].items()}
    assert "Idempotency-Key" in names["post"]
    assert "Idempotency-Key" not in names["get"]


def test_all_references_lead_somewhere() -> None:
    whole = document(documented_app())
    references = set(re.findall(r"#/components/schemas/(\w+)", str(whole)))
    assert "Problem" in references
    assert references <= whole["components"]["schemas"].keys()
    assert "HTTPValidationError" not in whole["components"]["schemas"]


def test_a_document_that_leaves_nothing_to_guess_has_no_gaps() -> None:
    assert undocumented(document(documented_app())) == []


def test_gaps_are_named() -> None:
    app = documented_app()

    @app.put("/v1/bare", summary="")
    def bare(body: Bare) -> list[int]:
        return [body.age]

    whole = document(app)
    whole["paths"]["/v1/bare"]["put"]["summary"] = ""
    assert undocumented(whole) == [
        "PUT /v1/bare: no summary",
        "PUT /v1/bare: no example of application/json in request",
        "PUT /v1/bare: no example of application/json in 200",
    ]
    assert "PUT /v1/bare: no problems" in undocumented(app.openapi())


@pytest.fixture
def client() -> TestClient:
    return TestClient(documented_app())


def test_docs_fetches_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    addresses = re.findall(r"""(?:src|href|url)["']?\s*[=:]\s*["']([^"']+)""", page)
    assert "/openapi.json" in addresses
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200
    assert client.get("/openapi.json").json()["info"]["title"] == "Hôte"
