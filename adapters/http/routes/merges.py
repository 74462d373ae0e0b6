"""/v1/merges: two guests who are one person made one, after a preview, and two again where that was a mistake."""

from datetime import UTC
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.routes.guest_views import EXAMPLE as GUEST
from adapters.http.routes.guest_views import GUEST_ID, GuestView
from application import merging
from application.caller import Caller
from application.merging import Merger
from application.ports import Ports
from domain.access import Right
from domain.merging import Side

MERGE_ID = "0199f3c9-4a0e-7d3b-8c51-2f6b7a8c9d0e"
OTHER_ID = "0199f3c4-1b2c-7f4d-9e5a-6b7c8d9e0f1a"
ORDER: JsonDict = {"surviving_guest_id": GUEST_ID, "merged_guest_id": OTHER_ID, "fields": {"last_name": "merged"}}
CONFLICT: JsonDict = {"field": "last_name", "surviving": "Lefevre", "merged": "Lefèvre", "chosen": "merged"}
EXAMPLE: JsonDict = {
    "id": MERGE_ID,
    "surviving_guest_id": GUEST_ID,
    "merged_guest_id": OTHER_ID,
    "guest": GUEST,
    "conflicts": [CONFLICT],
}


class Fields(BaseModel):
    """Whose value is taken. By default the survivor's, or the other's where the survivor has none."""

    model_config = ConfigDict(extra="forbid")

    salutation: Side | None = None
    first_name: Side | None = None
    last_name: Side | None = None
    language: Side | None = None
    country: Side | None = None
    company: Side | None = None
    address: Side | None = None
    level: Side | None = None
    status_label: Side | None = None
    note: Side | None = None
    custom: Annotated[Side | None, Field(description="Of own fields that both have; the others are kept.")] = None


class MergeOrder(BaseModel):
    """The surviving guest keeps the id, and has all e-mails, phones, stays and reservations of both."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ORDER]})

    surviving_guest_id: UUID
    merged_guest_id: UUID
    fields: Fields = Fields()
    dry_run: Annotated[bool, Field(description="Only to see what would come of it.")] = False


class ConflictView(BaseModel):
    """A field of which both have a value, and not the same; `chosen` is whose is taken."""

    field: str
    surviving: object
    merged: object
    chosen: Side


class MergeView(BaseModel):
    """A merge that is in force, or, without `id`, would be: `guest` stands for both. The `conflicts` are told once."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID | None
    surviving_guest_id: UUID
    merged_guest_id: UUID
    guest: GuestView
    conflicts: Annotated[list[ConflictView] | None, Field(exclude_if=lambda conflicts: conflicts is None)] = None

    @classmethod
    def of(cls, ports: Ports, caller: Caller, merger: Merger, merge_id: UUID | None) -> Self:
        record = merger.record.as_seen_by(caller)
        return cls(
            id=merge_id,
            surviving_guest_id=record.guest.id,
            merged_guest_id=merger.merged_guest_id,
            guest=GuestView.of(record, ports.now().astimezone(UTC).date()),
            conflicts=None
            if merger.differences is None
            else [ConflictView(**each._asdict()) for each in merger.differences],
        )


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/merges", tags=["Guests"])
    ports = hote.ports
    known = ("unauthenticated", "forbidden", "not-found", "guest-forgotten", "legal-hold", "conflict")

    @routes.post(
        "",
        status_code=201,
        summary="Make two guests one, or preview that",
        responses=problems(*known, "guest-merged", "same-guest", "invalid")
        | {200: {"model": MergeView, "description": "What would come of it: nothing was written"}},
    )
    def merge(
        order: MergeOrder,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
        dry_run: Annotated[bool, Query(description="As in the body.")] = False,
    ) -> MergeView:
        guest_id, other_id = order.surviving_guest_id, order.merged_guest_id
        choices = order.fields.model_dump(exclude_none=True)
        if order.dry_run or dry_run:
            response.status_code = 200
            would_be = merging.preview(ports, caller, guest_id, other_id, choices)
            request.state.about = would_be.record.guest.subjects
            return MergeView.of(ports, caller, would_be, None)
        merge_id, made, position = merging.merge(ports, caller, guest_id, other_id, choices)
        request.state.about = made.record.guest.subjects
        response.headers["Location"] = f"/v1/merges/{merge_id}"
        response.headers[HOTE_POSITION] = str(position)
        return MergeView.of(ports, caller, made, merge_id)

    @routes.get(
        "/{merge_id}",
        summary="Read a merge that is in force",
        responses=problems("unauthenticated", "forbidden", "not-found", "guest-merged"),
    )
    def read(merge_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))]) -> MergeView:
        return MergeView.of(ports, caller, merging.read_merge(ports, caller, merge_id), merge_id)

    @routes.delete(
        "/{merge_id}",
        status_code=204,
        summary="Undo a merge: both are as they were, with what each has received since",
        responses=problems(*known, "merge-not-last"),
    )
    def undo(
        merge_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> None:
        response.headers[HOTE_POSITION] = str(merging.undo_merge(ports, caller, merge_id))

    return routes
