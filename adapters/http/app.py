"""The HTTP service: every resource, behind the conventions that all of them keep."""

import time

from fastapi import FastAPI

from adapters.bootstrap import Hote
from adapters.http import docs, problem_pages
from adapters.http.authentication import Authenticate, actor_of, secret_of
from adapters.http.correlation import Correlate
from adapters.http.failures import UnexpectedErrors
from adapters.http.idempotency import Idempotency
from adapters.http.limits import Allowance, BodyLimit, RateLimit
from adapters.http.oidc import TokenVerifier
from adapters.http.problems import HANDLERS
from adapters.http.routes import (
    erasures,
    guest_export,
    guest_history,
    guest_list,
    guests,
    imports,
    keys,
    legal_hold,
    log,
    organisation,
    properties,
    retention,
    system,
)
from adapters.http.still_erasing import StillErasing
from adapters.settings import Settings

JSON_LIMIT = 1_000_000
BURST_SECONDS = 10


def create_app(hote: Hote) -> FastAPI:
    """The app over a wired Hôte, which somebody else has at work."""

    app = FastAPI(
        title="Hôte",
        version="1",
        summary="Guest relations for hotels",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
    )
    for module in (
        organisation,
        properties,
        keys,
        guest_list,
        guests,
        guest_history,
        guest_export,
        imports,
        erasures,
        legal_hold,
        retention,
        log,
        system,
    ):
        app.include_router(module.router(hote))
    app.include_router(docs.router)
    app.include_router(problem_pages.router)

    rate = hote.settings.requests_per_second
    allowance = Allowance(rate, rate * BURST_SECONDS, time.monotonic_ns)
    limits = {"/v1/imports": hote.settings.upload_limit, "/v1/guests/batch": 10 * JSON_LIMIT}
    # The last added is the first to see a request.
    app.add_middleware(Idempotency, answers=hote.first_answers, secret=secret_of)
    app.add_middleware(RateLimit, allowance=allowance, caller=actor_of)
    app.add_middleware(Authenticate, ports=hote.ports, master=hote.master, verifier=verifier(hote.settings))
    app.add_middleware(BodyLimit, default=JSON_LIMIT, by_path=limits)
    app.add_middleware(StillErasing, all_erased=hote.all_erased)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Correlate)
    return app


def verifier(settings: Settings) -> TokenVerifier | None:
    """None where no identity provider is configured: then only API keys open the door."""
    if settings.oidc_issuer and settings.oidc_audience and settings.oidc_jwks_url:
        return TokenVerifier(settings.oidc_issuer, settings.oidc_audience, str(settings.oidc_jwks_url))
    return None
