"""The published document: what FastAPI derives from the routes, and the conventions they all keep."""

from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from adapters.http.problem_kinds import KINDS
from adapters.http.problems import MEDIA_TYPE, FieldError, Problem

Json = dict[str, Any]
"""A part of an OpenAPI 3.1 document."""

REFERENCES = "#/components/schemas/"

MERGED: Json = {
    "description": "The guest was merged into another, who is at `Location`",
    "headers": {"Location": {"schema": {"type": "string"}, "description": "The same of the surviving guest."}},
}

EVERYWHERE = ("rate-limited", "internal", "unavailable")

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes the request safe to send again: for 24 h it is answered as it was the first time.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
}


def problems(*codes: str) -> dict[int | str, Json]:
    """For a route's `responses=`: the problems it can answer with, an example of each."""
    return {
        status: {
            "description": "; ".join(KINDS[code].en.title for code in codes if KINDS[code].status == status),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": f"{REFERENCES}Problem"},
                    "examples": {code: {"value": _example(code)} for code in codes if KINDS[code].status == status},
                }
            },
        }
        for status in sorted({KINDS[code].status for code in codes})
    }


def _example(code: str) -> Json:
    kind = KINDS[code]
    errors = [FieldError(pointer="/emails/0", code="email-invalid", detail="This is not an e-mail address.")]
    return Problem(
        type=f"/problems/{code}",
        title=kind.en.title,
        status=kind.status,
        detail=kind.en.detail,
        errors=errors if code == "invalid" else None,
    ).model_dump(exclude_none=True)


@lru_cache(maxsize=1)  # a process has one app; only tests have more, which are not to be kept
def document(app: FastAPI) -> Json:
    """The OpenAPI 3.1 document of the app with the routes that it had when this was first asked. To be read only."""
    whole = deepcopy(app.openapi())
    schemas = whole.setdefault("components", {}).setdefault("schemas", {})
    _, ours = models_json_schema([(Problem, "serialization")], ref_template=REFERENCES + "{model}")
    schemas.update(ours["$defs"])
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    for method, path, operation in _operations(whole):
        _add_conventions(method, operation)
        if "{guest_id}" in path:
            operation["responses"] = dict(sorted((operation["responses"] | {"308": MERGED}).items()))
    return whole


def _add_conventions(method: str, operation: Json) -> None:
    responses = operation["responses"]
    codes = [*EVERYWHERE]
    if "application/json" in responses.get("422", {}).get("content", {}):  # FastAPI's own idea of it
        del responses["422"]
        codes.append("invalid")
    if "security" in operation:
        codes += ["unauthenticated", "forbidden"]
    if "requestBody" in operation:
        codes += ["body-unparsable", "body-too-large", "media-type-unsupported"]
    if any(parameter["in"] == "header" for parameter in operation.get("parameters", [])):
        codes.append("header-invalid")
    if method == "post":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        codes += ["idempotency-key-in-use", "idempotency-key-reused", "header-invalid"]
    for status, response in problems(*dict.fromkeys(codes)).items():
        known = responses.setdefault(str(status), response)
        media = known["content"].setdefault(MEDIA_TYPE, response["content"][MEDIA_TYPE])
        media["examples"] |= response["content"][MEDIA_TYPE]["examples"]
    operation["responses"] = dict(sorted(responses.items()))


def undocumented(whole: Json) -> list[str]:
    """What the document leaves a reader to guess: operations without a summary, an example or their problems."""
    found = []
    for method, path, operation in _operations(whole):
        where = f"{method.upper()} {path}"
        if not operation.get("summary"):
            found.append(f"{where}: no summary")
        contents = {"request": operation.get("requestBody", {}).get("content", {})} | {
            status: response.get("content", {}) for status, response in operation["responses"].items()
        }
        if not any(MEDIA_TYPE in content for content in contents.values()):
            found.append(f"{where}: no problems")
        for part, content in contents.items():
            for media_type, media in content.items():
                if not {"example", "examples"} & media.keys() and not _shown(media.get("schema", {}), whole):
                    found.append(f"{where}: no example of {media_type} in {part}")
    return found


def _operations(whole: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and operation, of each."""
    for path, item in whole.get("paths", {}).items():
        for method, operation in item.items():
            yield method, path, operation


def _shown(schema: Json, whole: Json) -> bool:
    """Whether an example stands in the schema, or in all that it is made of."""
    if {"example", "examples", "const", "enum"} & schema.keys():
        return True
    if reference := schema.get("$ref"):
        return _shown(whole["components"]["schemas"][reference.removeprefix(REFERENCES)], whole)
    if items := schema.get("items"):
        return _shown(items, whole)
    parts = schema.get("properties", {}).values()
    return bool(parts) and all(_shown(part, whole) for part in parts)
