"""/v1/inbox: the feedback to handle, most urgent first, with the guest beside it; and how much of it there is."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import GroupFilter, ListQuery, Page, PropertyFilter
from adapters.http.positions import at_least
from adapters.http.routes import feedback_summary
from adapters.http.routes.feedback_summary import COLUMNS, FeedbackSummary
from adapters.http.routes.listing import LIST_PROBLEMS, PropertiesQuery, answered, followed, reached
from adapters.http.routes.table_formats import AS_TABLE
from application.caller import Caller
from application.organisation import load_organisation
from domain.access import Right
from domain.feedback import Origin
from domain.handling import Category, Folder
from projections.inbox import queries
from projections.inbox.panel import panel
from projections.inbox.queries import Item
from projections.inbox.query import in_folder

EXAMPLE: JsonDict = {
    **feedback_summary.EXAMPLE,
    "panel": {"age": 41, "last_name": "Lefèvre", "stays": 3, "Segment": "Affaires"},
    "marks": ["negative", "alert"],
}


class InboxQuery(ListQuery):
    folder: Annotated[Folder, Field(description="Where the feedback is.")] = Folder.INBOX
    category: Annotated[Category | None, Field(description="As what it is to be handled.")] = None
    property_id: PropertyFilter = None
    group: GroupFilter = None
    assigned_to: Annotated[UUID | None, Field(description="Transferred to this employee.")] = None


class InboxItem(FeedbackSummary):
    """A feedback to handle. `panel` holds the attributes of the guest that head office chose, as it named them."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    panel: dict[str, object]
    marks: list[Literal["positive", "negative", "review", "message", "alert", "on_hold", "pending_approval"]]


class InboxCounts(BaseModel):
    """How many feedbacks are in each folder; and of the inbox, in each category."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "folders": {"inbox": 17, "done": 4711, "spam": 3},
                    "categories": {"on_hold": 2, "alert": 5, "new": 10},
                }
            ]
        }
    )

    folders: dict[Folder, int]
    categories: dict[Category, int]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/inbox", tags=["Inbox"])

    @routes.get(
        "",
        summary="List the feedback to handle: on hold, alerts, new; the newest of each first",
        dependencies=followed(hote),
        response_model=Page[InboxItem],
        responses=AS_TABLE | problems(*LIST_PROBLEMS),
    )
    def list_(
        request: Request,
        query: Annotated[InboxQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))],
    ) -> Page[InboxItem] | Response:
        settings = load_organisation(hote.ports, caller.organisation_id).settings
        now = hote.ports.now()
        among = reached(hote, caller, query.property_id, query.group)

        def view(item: Item) -> InboxItem:
            clock = among[item.property]
            shown = panel(settings.panel_attributes, settings.profile_fields, item, clock.today(now))
            return InboxItem.of(item, clock, now, panel=shown, marks=marks(item))

        asked = in_folder(among, query.folder, query.category, query.assigned_to)
        return answered(hote, request, query, queries, asked, COLUMNS, view)

    @routes.get(
        "/counts",
        summary="Count the feedback in each folder, and of the inbox in each category",
        dependencies=[Depends(at_least("inbox", hote.runner.progress))],
        responses=problems("unauthenticated", "forbidden", "not-yet", "invalid"),
    )
    def counts(
        query: Annotated[PropertiesQuery, Query()], caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))]
    ) -> InboxCounts:
        among = reached(hote, caller, query.property_id, query.group)
        with hote.pool.connection() as connection:
            return InboxCounts.model_validate(queries.counts(connection, among)._asdict())

    return routes


def marks(item: Item) -> list[str]:
    """What stands out about a feedback, from its kind to what it waits for."""
    given = {
        item.kind: True,
        item.origin: item.origin != Origin.STAFF,
        "alert": item.alert,
        "on_hold": item.held,
        "pending_approval": item.proposed is not None,
    }
    return [mark for mark, stands in given.items() if stands]
