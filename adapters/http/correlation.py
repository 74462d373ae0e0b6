"""Follows a request through the service: X-Request-Id and W3C traceparent, in and out."""

import re
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = re.compile(r"[A-Za-z0-9._~:/+=-]{1,128}")
"""What is taken from a client: it reaches logs, so no spaces, line ends or quotes."""

TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?")
"""https://www.w3.org/TR/trace-context/#traceparent-header; later versions may append fields."""


class Correlation(NamedTuple):
    """What one request is known by.

    `correlation_id`, for the metadata of events, is the request id where that is a UUID, else derived from
    it: the same request id always gives the same. `traceparent` names this request as a span of the
    caller's trace, and is what calls made on its behalf should send.
    """

    request_id: str
    correlation_id: UUID
    traceparent: str


class Correlate:
    """Middleware that puts a Correlation into the request's state, and its ids into the answer's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        correlation = correlate(headers.get("x-request-id", ""), headers.get("traceparent", ""))
        scope.setdefault("state", {})["correlation"] = correlation

        async def send_with_ids(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["X-Request-Id"] = correlation.request_id
                answer["traceparent"] = correlation.traceparent
            await send(message)

        return await self.app(scope, receive, send_with_ids)


def correlate(request_id: str, traceparent: str) -> Correlation:
    """From the headers as received; whatever is absent or malformed is made anew."""
    if not REQUEST_ID.fullmatch(request_id):
        request_id = str(uuid4())
    try:
        correlation_id = UUID(request_id)
    except ValueError:
        correlation_id = uuid5(NAMESPACE_URL, f"urn:x-request-id:{request_id}")
    known = TRACEPARENT.fullmatch(traceparent)
    trace, flags = known.group(1, 2) if known else (uuid4().hex, "00")
    return Correlation(request_id, correlation_id, f"00-{trace}-{uuid4().hex[:16]}-{flags}")


def correlation_of(scope: Scope) -> Correlation | None:
    """None only where the middleware is not installed, or for what is not a request."""
    correlation: Correlation | None = scope.get("state", {}).get("correlation")
    return correlation
