"""GET /v1/events: what Kafka is told, to be fetched by those who have no Kafka."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.problems import FieldError, ProblemError
from application.caller import Caller
from application.integration_events.event import CloudEvent
from application.integration_events.published import PUBLISHED, TYPES, published
from domain.access import Right

EXAMPLE: JsonDict = {
    "position": 4711,
    "specversion": "1.0",
    "id": "5f1c1d3c0e4d0a9c3e0b6a2f8d7e5b4c3a2918f7e6d5c4b3a2918f7e6d5c4b3a",
    "source": "/hote",
    "type": "hote.guest.blocked.v1",
    "subject": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
    "time": "2026-11-21T20:00:00Z",
    "datacontenttype": "application/json",
    "organisationid": "0199f3c1-5c1a-7b7e-8a3e-0d7c2f3b6a11",
    "data": {"until": "2027-11-21"},
}


class EventsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[int, Field(ge=0, lt=2**63, description="`next` of the page before; 0 is the beginning.")] = 0
    types: Annotated[
        str | None, Field(max_length=4000, description="Only these, with commas between.", examples=[TYPES[0]])
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="How many items a page has at most.")] = 50


class EventItem(CloudEvent):
    """An event, as Kafka is told it; `position` is its place in the log."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    position: int


class EventPage(BaseModel):
    """Events in the order of the log; `next` is what to ask for `after`."""

    items: list[EventItem]
    next: Annotated[int, Field(examples=[4711])]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/events", tags=["Events"])

    @routes.get(
        "",
        summary="Follow what happens, without personal data",
        responses=problems("unauthenticated", "forbidden", "invalid"),
    )
    def follow(
        query: Annotated[EventsQuery, Query()], caller: Annotated[Caller, Depends(allowed(Right.READ_EVENTS))]
    ) -> EventPage:
        """A page can be short or empty before the end: go on from `next` until that is the `after` you asked for.

        Then ask again later. What each type tells is in /asyncapi.json.
        """
        # Which properties a guest is of changes with time: who sees a part would miss what came before.
        caller.require_whole_organisation()
        types = asked_for(query.types)
        kinds = [kind.__name__ for kind in PUBLISHED]
        found, reached = hote.sealed_feed.of_organisation(caller.organisation_id, query.after, kinds)
        items: list[EventItem] = []
        for recorded in found:
            told = published(recorded)
            if told and told.event.type in types:
                items.append(EventItem(position=told.position, **dict(told.event)))
            if len(items) == query.limit:
                return EventPage(items=items, next=recorded.position)
        return EventPage(items=items, next=reached)

    return routes


def asked_for(types: str | None) -> frozenset[str]:
    """All when nothing is asked for. Raises ProblemError for a type that there is not."""
    asked = frozenset(TYPES if types is None else types.split(","))
    if unknown := asked.difference(TYPES):
        detail = f"There is no type {min(unknown)[:60]!r}: /asyncapi.json has them all."
        wrong = FieldError(parameter="types", code="type-unknown", detail=detail)
        raise ProblemError("invalid", errors=[wrong])
    return asked
