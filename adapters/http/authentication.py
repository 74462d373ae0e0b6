"""Finds out who calls the API, before anything else is done for them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from psycopg import OperationalError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.http.correlation import correlation_of
from adapters.http.oidc import ProviderUnreachable, TokenRefused, TokenVerifier
from adapters.http.problems import ProblemError, problem
from adapters.keys.master import MasterKey
from application.caller import Caller
from application.keys import PREFIX, authenticate
from application.organisation import require_guest_relations
from application.ports import Ports
from domain.access import Right, Role, Unauthenticated


class Authenticate:
    """Middleware for everything under /v1: puts the Caller, and a secret of theirs, into the request's state."""

    def __init__(self, app: ASGIApp, ports: Ports, master: MasterKey, verifier: TokenVerifier | None) -> None:
        self.app = app
        self.ports = ports
        self.master = master
        self.verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            return await self.app(scope, receive, send)
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        correlation = correlation_of(scope)
        assert correlation is not None  # Correlate comes first
        try:
            if scheme.lower() != "bearer" or not token:
                raise Unauthenticated("Send an API key or an access token: Authorization: Bearer …")
            identify = partial(self._identify, token.strip(), correlation.correlation_id)
            caller, secret = await run_sync(identify)
        except Unauthenticated as error:
            return await problem(scope, ProblemError(error.code, error.detail))(scope, receive, send)
        except ProviderUnreachable:
            return await problem(scope, ProblemError("identity-provider-unreachable"))(scope, receive, send)
        caller = replace(caller, traceparent=correlation.traceparent)
        scope["state"] |= {"caller": caller, "secret": secret, "identify": identify}
        return await self.app(scope, receive, send)

    def _identify(self, token: str, correlation_id: UUID) -> tuple[Caller, bytes]:
        """Raises Unauthenticated, ProviderUnreachable."""
        if token.startswith(PREFIX) or self.verifier is None:
            return authenticate(self.ports, token, correlation_id), token.encode()
        try:
            claims = self.verifier.verify(token)
        except TokenRefused as error:
            raise Unauthenticated("The access token is not valid here.") from error
        properties = None if claims.properties is None else frozenset(claims.properties)
        actor = f"oidc:{claims.pseudonym}"
        caller = Caller(claims.organisation, actor, Role(claims.role), properties, correlation_id)
        return caller, self.master.derived(f"{claims.organisation} {actor}")


def secret_of(scope: Scope) -> bytes | None:
    secret: bytes | None = scope.get("state", {}).get("secret")
    return secret


def actor_of(scope: Scope) -> str | None:
    caller: Caller | None = scope.get("state", {}).get("caller")
    return caller.actor if caller else None


async def still_known(request: Request) -> bool:
    """Whether the caller's key or token still opens, for an answer that has no end; not when nobody can tell."""
    try:
        await run_sync(request.state.identify)
    except (Unauthenticated, ProviderUnreachable, OperationalError):
        return False
    return True


def allowed(right: Right) -> Callable[..., Caller]:
    """A route's dependency: the caller, who has this right. The handler checks again, for it has other callers."""

    def caller(request: Request, _: object = Depends(HTTPBearer(auto_error=False))) -> Caller:
        known: Caller = request.state.caller
        known.require(right)
        return known

    return caller


def with_guest_relations(ports: Ports) -> Callable[[Request], None]:
    """A dependency of routes that the caller's organisation needs the module for."""

    def check(request: Request) -> None:
        require_guest_relations(ports, request.state.caller)

    return check
