"""GET /v1/inbox/stream: every change of the inbox, as it happens (server-sent events)."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from anyio import CancelScope, EndOfStream, current_time, move_on_after
from anyio.streams.memory import MemoryObjectReceiveStream
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed, still_known
from adapters.http.openapi import Json, problems
from adapters.http.positions import at_least
from adapters.http.problems import ProblemError
from adapters.http.routes.listing import PropertiesQuery, reached
from adapters.inbox_changes import MOST_FOR_ONE, InboxChanges, NotListening, TooMany
from application.caller import Caller
from domain.access import Right
from domain.handling import Category, Folder
from projections.inbox.changes import Change, Many, Missed, missed

KNOWN_SECONDS = 30.0
"""Between two looks at whether the caller's key still opens."""

RETRY_AFTER = "15"

STREAM: dict[int | str, Json] = {
    200: {
        "description": "A stream without end",
        "content": {
            "text/event-stream": {
                "example": 'event: feedback\ndata: {"feedback_id":"0199f3c4-51aa-7d10-8a7b-2f6f0f8f3f11",'
                '"property_id":"0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11","folder":"inbox","category":"alert",'
                '"position":4711}\nid: 4711\n\n'
            }
        },
    }
}


class Told(BaseModel):
    """A feedback of which lists show something else than before; it was the event at `position`."""

    feedback_id: UUID
    property_id: UUID
    folder: Folder
    category: Category
    position: int


class Reload(BaseModel):
    """More changed than is told one by one, up to `position`."""

    position: int


Properties = frozenset[UUID] | None
Changes = MemoryObjectReceiveStream[Change | Many]


def router(hote: Hote, inbox: InboxChanges) -> APIRouter:
    routes = APIRouter(prefix="/v1/inbox", tags=["Inbox"])
    reader = Depends(allowed(Right.READ_FEEDBACK))

    def shown(query: Annotated[PropertiesQuery, Query()], caller: Annotated[Caller, reader]) -> Properties:
        """None for all of the organisation's, also those to come."""
        if (caller.properties, query.property_id, query.group) == (None, None, None):
            return None
        return frozenset(reached(hote, caller, query.property_id, query.group))

    async def subscribed(
        properties: Annotated[Properties, Depends(shown)], caller: Annotated[Caller, reader]
    ) -> AsyncIterator[Changes]:
        with CancelScope() as scope:
            try:
                with inbox.subscribed(caller.actor, caller.organisation_id, properties, scope.cancel) as changes:
                    yield changes
            except NotListening:
                raise ProblemError("unavailable") from None
            except TooMany:
                detail = f"At most {MOST_FOR_ONE} streams can be open with one key."
                raise ProblemError("rate-limited", detail, headers={"Retry-After": RETRY_AFTER}) from None
        if scope.cancelled_caught:
            raise ClientDisconnect

    def until_now(
        _: Annotated[Changes, Depends(subscribed)],  # first, so that nothing is missed in between
        properties: Annotated[Properties, Depends(shown)],
        caller: Annotated[Caller, reader],
        last_event_id: Annotated[int | None, Header(ge=0, lt=2**63, description="Begins after that event.")] = None,
    ) -> Missed:
        with hote.pool.connection() as connection:
            return missed(connection, caller.organisation_id, properties, last_event_id)

    @routes.get(
        "/stream",
        summary="Every change of the inbox, as it happens",
        dependencies=[Depends(at_least("inbox", hote.runner.progress))],
        response_class=EventSourceResponse,
        responses=STREAM
        | problems("unauthenticated", "forbidden", "not-yet", "rate-limited", "unavailable", "invalid"),
    )
    async def stream(
        request: Request,
        changes: Annotated[Changes, Depends(subscribed)],
        before: Annotated[Missed, Depends(until_now)],
    ) -> AsyncIterator[ServerSentEvent]:
        """Events named `feedback` tell what is to be read again; `reload`, that it is everything.

        Nothing personal is in them. Who comes back with `Last-Event-ID` hears what changed in the meantime.
        """
        position = before.position
        yield ServerSentEvent(id=str(position))
        for change in before.changes:
            position = change.position
            yield as_event(change)
        look_at = current_time() + KNOWN_SECONDS
        while True:
            heard: Change | Many | None = None
            with move_on_after(max(0, look_at - current_time())):
                try:
                    heard = await changes.receive()
                except EndOfStream:
                    return
            if heard is None:
                if not await still_known(request):
                    return
                look_at = current_time() + KNOWN_SECONDS
            elif heard.position > position:
                yield as_event(heard)

    return routes


def as_event(change: Change | Many) -> ServerSentEvent:
    match change:
        case Change():
            told = Told.model_validate(change._asdict())
            return ServerSentEvent(event="feedback", id=str(change.position), data=told)
        case Many():
            return ServerSentEvent(event="reload", id=str(change.position), data=Reload(position=change.position))
