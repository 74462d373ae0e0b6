"""The HTTP service: every resource, behind the conventions that all of them keep."""

import time

from fastapi import Depends, FastAPI

from adapters.bootstrap import Hote
from adapters.http import docs, problem_pages
from adapters.http.authentication import Authenticate, actor_of, secret_of, with_guest_relations
from adapters.http.correlation import Correlate
from adapters.http.failures import UnexpectedErrors
from adapters.http.idempotency import Idempotency
from adapters.http.limits import Allowance, BodyLimit, RateLimit
from adapters.http.oidc import TokenVerifier
from adapters.http.problems import HANDLERS
from adapters.http.routes import (
    alerts,
    arrivals,
    codes,
    companies,
    cost_items,
    duplicates,
    employees,
    erasures,
    events,
    feedback,
    feedback_handling,
    feedback_list,
    guest_block,
    guest_export,
    guest_history,
    guest_invitations,
    guest_list,
    guest_reservations,
    guests,
    imports,
    inbox,
    inbox_stream,
    invitation_templates,
    invitations,
    keys,
    legal_hold,
    log,
    mail,
    merges,
    occasions,
    organisation,
    papers,
    profile_field_templates,
    properties,
    quality_costs,
    register,
    reports,
    reservation_people,
    reservations,
    retention,
    system,
)
from adapters.http.routes.public import invited, on_site
from adapters.http.still_erasing import StillErasing
from adapters.inbox_changes import InboxChanges
from adapters.settings import Settings

JSON_LIMIT = 1_000_000
BURST_SECONDS = 10


def create_app(hote: Hote) -> FastAPI:
    """The app over a wired Hôte, which somebody else has at work."""

    inbox_changes = InboxChanges(hote.database_url)
    app = FastAPI(
        title="Hôte",
        version="1",
        summary="Guest relations for hotels",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
        lifespan=inbox_changes.listening,
    )
    app.state.inbox_changes = inbox_changes
    # What every plan has: the hotel's own bookings and settings, and what law demands (decision 12).
    for module in (
        organisation,
        properties,
        keys,
        codes,
        cost_items,
        employees,
        reservations,
        arrivals,
        guest_history,
        guest_export,
        erasures,
        legal_hold,
        retention,
        log,
        events,
        mail,
        system,
    ):
        app.include_router(module.router(hote))
    related = (
        guest_list,
        guests,
        duplicates,
        merges,
        guest_reservations,
        reservation_people,
        companies,
        occasions,
        papers,
        profile_field_templates,
        register,
        guest_block,
        guest_invitations,
        imports,
        invitations,
        invitation_templates,
        feedback,
        feedback_list,
        feedback_handling,
        inbox,
        quality_costs,
        reports,
        alerts,
    )
    guest_relations = [*(module.router(hote) for module in related), inbox_stream.router(hote, inbox_changes)]
    for routes in guest_relations:
        app.include_router(routes, dependencies=[Depends(with_guest_relations(hote.ports))])
    for public in (invited, on_site):
        app.include_router(public.router(hote))
    app.include_router(docs.router)
    app.include_router(problem_pages.router)

    rate = hote.settings.requests_per_second
    allowance = Allowance(rate, rate * BURST_SECONDS, time.monotonic_ns)
    limits = {
        "/v1/imports": hote.settings.upload_limit,
        "/v1/guests/batch": 10 * JSON_LIMIT,
        "/v1/mail/inbound": mail.LIMIT,
    }
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
