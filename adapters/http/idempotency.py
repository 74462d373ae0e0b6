"""Idempotency-Key: a POST that is sent again runs once, and gets its first answer again."""

import asyncio
import re
from collections.abc import Callable
from uuid import UUID, uuid4

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http.answer_seal import Answer, Seal
from adapters.http.fingerprints import Fingerprint
from adapters.http.first_answers import LEASE, FirstAnswers
from adapters.http.problems import FieldError, ProblemError, problem

KEY = re.compile(r"[!-~]{1,255}")
"""Visible ASCII. A UUID is best."""

ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

BEAT = LEASE.total_seconds() / 3
"""Seconds between two signs of life."""

MALFORMED = ProblemError(
    "header-invalid",
    errors=[
        FieldError(header="Idempotency-Key", code="malformed", detail="1 to 255 visible ASCII characters are needed.")
    ],
)


class Idempotency:
    """Middleware for every POST with an Idempotency-Key whose caller has authenticated.

    `secret` gives, from the scope as authentication left it, a secret of the caller's that is the same at
    every retry: an API key as it was sent; for an OIDC subject, whose tokens change, an HMAC under the master
    key. Callers with other secrets never meet, whatever keys they choose. None: the call is not
    authenticated, and nothing is stored. It is called in the event loop, so it must not wait for anything.

    The key is claimed before the body is read, the body's fingerprint taken while the application reads it,
    and the answer stored before it is sent. An answer of 5xx is not kept, nor one that says Retry-After, such
    as a lost race (409 `conflict`): the next try may fare better. A run whose server died stops renewing its
    lease, and after that its key can be claimed again: what the dead run had committed by then is committed,
    and it is for the domain to notice (a guest's e-mail is taken, a version has moved on).
    """

    def __init__(self, app: ASGIApp, answers: FirstAnswers, secret: Callable[[Scope], bytes | None]) -> None:
        self.app = app
        self.answers = answers
        self.secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get("idempotency-key") if _is_post(scope) else None
        secret = self.secret(scope) if key is not None else None
        if key is None or secret is None:
            await self.app(scope, receive, send)
            return
        if not KEY.fullmatch(key):
            await problem(scope, MALFORMED)(scope, receive, send)
            return
        seal, holder, body = Seal(secret, key), uuid4(), _Body(scope, receive)
        claim = await run_sync(self.answers.claim, seal.id, holder)
        if claim.granted:
            response = _as_response(await self._run(scope, body, seal, holder))
        elif claim.erased:
            response = problem(scope, ProblemError("answer-erased"))
        elif claim.sealed is None:
            response = problem(scope, ProblemError("idempotency-key-in-use"))
        else:
            first = seal.open(claim.sealed)
            if await body.fingerprint() == first.fingerprint:
                response = _as_response(first)
                response.headers["Idempotent-Replayed"] = "true"
            else:
                response = problem(scope, ProblemError("idempotency-key-reused"))
        await response(scope, receive, send)

    async def _run(self, scope: Scope, body: "_Body", seal: Seal, holder: UUID) -> Answer:
        start: Message = {}
        pieces: list[bytes] = []

        async def collect(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            pieces.append(message.get("body", b""))

        alive = asyncio.create_task(self._stay_alive(seal.id, holder))
        try:
            await self.app(scope, body.receive, collect)
            answer = Answer(await body.fingerprint(), start["status"], start["headers"], b"".join(pieces))
            if answer.status >= 500 or "retry-after" in Headers(raw=list(answer.headers)):
                await run_sync(self.answers.release, seal.id, holder)
            else:
                about = scope["state"].get("about", ids_in(answer.body))
                await run_sync(self.answers.keep, seal.id, holder, seal.close(answer), about)
            return answer
        except Exception:
            await run_sync(self.answers.release, seal.id, holder)
            raise
        finally:
            alive.cancel()

    async def _stay_alive(self, id_: bytes, holder: UUID) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await run_sync(self.answers.renew, id_, holder)


class _Body:
    """A request's body that is fingerprinted as it is read."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._fingerprint = Fingerprint(scope)
        self._ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._fingerprint.add(message.get("body", b""))
            self._ended = not message.get("more_body", False)
        return message

    async def fingerprint(self) -> bytes:
        """Reads what the application left unread. Raises ClientDisconnect when the rest never came."""
        while not self._ended:
            if (await self.receive())["type"] == "http.disconnect":
                raise ClientDisconnect
        return self._fingerprint.digest()


def ids_in(body: bytes) -> set[UUID]:
    """Every id that an answer names: those of the guests and imports it tells of are among them.

    A route whose answer names guests of whom it tells nothing says itself whom it is about, in `request.state.about`.
    """
    return {UUID(found.decode()) for found in ID.findall(body)}


def _as_response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = list(answer.headers)
    return response


def _is_post(scope: Scope) -> bool:
    return (scope["type"], scope.get("method")) == ("http", "POST")
