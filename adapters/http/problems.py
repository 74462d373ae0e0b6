"""Answers errors as RFC 9457 problem details, in the language that the client asks for."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from adapters.http.correlation import correlation_of
from adapters.http.languages import Language, preferred
from adapters.http.pointers import pointer
from adapters.http.problem_kinds import KINDS
from application.problem_texts import TEXTS, InvalidInput, form_code
from domain.guest import GuestMergedAway
from domain.refusal import Refusal

MEDIA_TYPE = "application/problem+json"

BY_STATUS = {
    400: "body-unparsable",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "body-too-large",
    415: "media-type-unsupported",
}
"""What an HTTPException of the framework means. Our own code raises ProblemError, which says it better."""


BOUNDS = {"le": "≤ ", "lt": "< ", "ge": "≥ ", "gt": "> ", "max_length": "≤ ", "min_length": "≥ ", "expected": ""}
"""How the context of pydantic's errors names what it would have taken, none of it from the client."""


class FieldError(BaseModel):
    """What is wrong with one part of the request.

    RFC 9457 shows JSON pointers (RFC 6901) into the body and leaves other parts open. As JSON:API does,
    exactly one of three says where: `pointer` in the body, `parameter` in the query or the path, `header`.
    `detail` is English until `problem` puts it into the client's language. `expected` is the bound that was
    passed ("≤ 200"), or the choices there are.
    """

    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    code: str
    detail: str
    expected: str | None = None


class Problem(BaseModel):
    """An error as RFC 9457 has it; some kinds have members of their own beside these."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: Sequence[FieldError] | None = None


class ProblemError(HTTPException):
    """Raised wherever a request cannot be served.

    `code` is one of KINDS and gives the status; `detail` says what is particular to this occurrence, without
    personal data. An HTTPException, because FastAPI turns any other error it meets while reading a body into
    a 400.
    """

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(KINDS[code].status, code, headers)
        self.code = code
        self.particular = detail
        self.errors = errors
        self.members = members


def problem(scope: Scope, error: ProblemError) -> Response:
    """The answer to a request that met this error."""
    kind = KINDS[error.code]
    language = preferred(Headers(scope=scope).get("accept-language", ""))
    text = kind.text(language)
    correlation = correlation_of(scope)
    body = Problem(
        type=f"/problems/{error.code}",
        title=text.title,
        status=kind.status,
        detail=error.particular or text.detail,
        instance=correlation and correlation.correlation_id.urn,
        errors=[_in_language(each, language) for each in error.errors] or None,
        **(error.members or {}),
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language", **(error.headers or {})}
    if kind.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if kind.retry_after is not None:
        headers.setdefault("Retry-After", str(kind.retry_after))
    return Response(body.model_dump_json(exclude_none=True), kind.status, headers, MEDIA_TYPE)


async def answer(request: Request, error: Exception) -> Response:
    """The one exception handler, for the classes in HANDLERS."""
    match error:
        case ProblemError():
            known = error
        case GuestMergedAway() if "guest_id" in request.path_params:
            return _redirect(request, error.members["guest_id"])
        case Refusal():
            known = _of_refusal(error, preferred(request.headers.get("accept-language", "")))
        case RequestValidationError():
            known = _of_validation(error)
        case HTTPException():
            known = ProblemError(BY_STATUS[error.status_code], headers=error.headers)
        case _:
            raise error
    return problem(request.scope, known)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    Refusal: answer,
    RequestValidationError: answer,
    HTTPException: answer,
}
"""For FastAPI(exception_handlers=…). Whatever else is raised belongs to failures.UnexpectedErrors."""


def _redirect(request: Request, guest_id: str) -> Response:
    """To the same of the guest who stands for the one in the path; method and body stay (RFC 9110, 15.4.9)."""
    path = request.url.path.replace(request.path_params["guest_id"], guest_id, 1)
    return Response(status_code=308, headers={"Location": f"{path}?{request.url.query}".removesuffix("?")})


def _in_language(error: FieldError, language: Language) -> FieldError:
    return error if language == "en" else error.model_copy(update={"detail": TEXTS[error.code].fr})


def _of_refusal(error: Refusal, language: Language) -> ProblemError:
    """Refusals speak English; the table says in French what they mean."""
    problems = error.problems if isinstance(error, InvalidInput) else ()
    errors = [FieldError(**each._asdict()) for each in problems]
    return ProblemError(error.code, error.detail if language == "en" else None, errors=errors, members=error.members)


def _of_validation(error: RequestValidationError) -> ProblemError:
    if isinstance(error.body, bytes):  # FastAPI hands over as bytes what was not declared to be JSON
        return ProblemError("media-type-unsupported")
    if any(e["type"] == "json_invalid" for e in error.errors()):
        [e] = error.errors()
        return ProblemError("body-unparsable", f"{e['ctx']['error']}, at character {e['loc'][1]} of the body.")
    body = dict(error.body) if isinstance(error.body, FormData) else error.body
    by_place: dict[tuple[str | None, ...], FieldError] = {}
    for flaw in error.errors():
        found = _field_error(flaw, body)
        # Each branch of a union has its own complaint about a place: the first is enough.
        by_place.setdefault((found.pointer, found.parameter, found.header), found)
    errors = list(by_place.values())
    # A header that cannot be read is broken HTTP, like a body that cannot; all else broke a rule of form.
    code = "header-invalid" if all(e.header for e in errors) else "invalid"
    return ProblemError(code, errors=errors)


def _field_error(error: Mapping[str, Any], body: object) -> FieldError:
    """From one of pydantic's errors; never takes its `input` over, which may be personal."""
    place, *path = error["loc"]
    code = form_code(error["type"])
    context = error.get("ctx", {})
    expected = next((f"{sign}{context[name]}" for name, sign in BOUNDS.items() if name in context), None)
    match place:
        case "body":
            where = {"pointer": pointer(path, body)}
        case "header":
            where = {"header": str(path[0])}
        case _:
            where = {"parameter": str(path[0])}
    return FieldError(**where, code=code, detail=TEXTS[code].en, expected=expected)
