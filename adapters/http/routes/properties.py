"""/v1/properties: the hotels of an organisation and their settings."""

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.patching import patched
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import organisation
from application.caller import Caller
from domain.access import Right
from domain.label import Label
from domain.property import Arrivals, FeedbackSettings, InvitationSettings, PropertySettings, Question
from projections.settings import queries

EXAMPLE: JsonDict = {
    "id": "0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11",
    "name": "Hôtel du Port",
    "country": "FR",
    "time_zone": "Europe/Paris",
    "currency": "EUR",
    "languages": ["fr", "en"],
    "groups": ["Bretagne"],
    "rooms": ["101", "102", "201"],
    "arrivals": "automatic",
    "invitations": {
        "pre_stay": {"enabled": False, "channel": "email", "delay": 72},
        "post_stay": {"enabled": True, "channel": "email", "delay": 24},
        "reminder": {"enabled": True, "delay": 96},
        "distribution": [
            {"portal": "hote", "url": None, "percent": 70},
            {"portal": "tripadvisor", "url": "https://www.tripadvisor.fr/UserReviewEdit", "percent": 30},
        ],
    },
    "questions": [{"key": "cleanliness", "label": {"fr": "Propreté", "en": "Cleanliness"}}],
    "feedback": {
        "keep_resolved_days": 0,
        "alert_threshold": 5,
        "customer_service_email": "service@rivage.example",
        "opening_hours": {
            "monday": [{"from": "07:00", "to": "23:00"}],
            "tuesday": [{"from": "07:00", "to": "23:00"}],
            "wednesday": [{"from": "07:00", "to": "23:00"}],
            "thursday": [{"from": "07:00", "to": "23:00"}],
            "friday": [{"from": "07:00", "to": "24:00"}],
            "saturday": [{"from": "00:00", "to": "02:00"}, {"from": "08:00", "to": "24:00"}],
            "sunday": [{"from": "00:00", "to": "02:00"}, {"from": "08:00", "to": "20:00"}],
        },
        "response_target_minutes": 120,
        "compensation_limits": [{"role": "front_desk", "amount": 5000}],
    },
}


class PropertyView(PropertySettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID


class NewProperty(PropertySettings):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{k: EXAMPLE[k] for k in ("name", "country", "time_zone", "currency")}]}
    )


class PropertyPatch(BaseModel):
    """What is not sent stays as it is, within `invitations` and `feedback` too."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"invitations": {"post_stay": {"enabled": True, "delay": 48}}}]}
    )

    name: str | None = None
    country: str | None = None
    time_zone: str | None = None
    currency: str | None = None
    languages: list[str] | None = None
    groups: list[str] | None = None
    rooms: list[str] | None = None
    arrivals: Arrivals | None = None
    invitations: InvitationSettings | None = None
    questions: list[Question] | None = None
    feedback: FeedbackSettings | None = None


class PropertyQuery(ListQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"
    group: Annotated[Label | None, Field(max_length=60, description="Only properties of this group.")] = None


COLUMNS: dict[str, Callable[[queries.PropertyRow], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.settings.name,
    "country": lambda row: row.settings.country,
    "time_zone": lambda row: row.settings.time_zone,
    "currency": lambda row: row.settings.currency,
    "groups": lambda row: ", ".join(row.settings.groups),
    "created_at": lambda row: row.created_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/properties", tags=["Properties"])

    @routes.post("", status_code=201, summary="Add a property", responses=problems("unauthenticated", "forbidden"))
    def add(
        settings: NewProperty, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> PropertyView:
        property_id, position = organisation.add_property(hote.ports, caller, PropertySettings(**dict(settings)))
        response.headers[HOTE_POSITION] = str(position)
        response.headers["Location"] = f"/v1/properties/{property_id}"
        response.headers["ETag"] = etag(1)
        return PropertyView(id=property_id, **dict(settings))

    @routes.get(
        "",
        summary="List the properties",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[PropertyView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[PropertyQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))],
    ) -> Page[PropertyView] | Response:
        def fetch(after: UUID, limit: int) -> list[queries.PropertyRow]:
            with hote.pool.connection() as connection:
                return queries.properties(
                    connection,
                    caller.organisation_id,
                    among=caller.properties,
                    group=query.group,
                    newest_first=query.sort == "-created_at",
                    after=after,
                    limit=limit,
                )

        return listed(request, query, fetch, lambda row: PropertyView(id=row.id, **dict(row.settings)), COLUMNS)

    @routes.get(
        "/{property_id}", summary="Read a property", responses=problems("unauthenticated", "forbidden", "not-found")
    )
    def read(
        property_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))], response: Response
    ) -> PropertyView:
        found = organisation.read_property(hote.ports, caller, property_id)
        response.headers["ETag"] = etag(found.version)
        return PropertyView(id=found.id, **dict(found.settings))

    @routes.patch(
        "/{property_id}",
        summary="Change a property's settings",
        responses=problems("unauthenticated", "forbidden", "not-found", "version-mismatch", "conflict"),
    )
    def change(
        property_id: UUID,
        patch: PropertyPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> PropertyView:
        position = organisation.change_property(
            hote.ports, caller, property_id, lambda settings: patched(settings, patch), expected=expected
        )
        response.headers[HOTE_POSITION] = str(position)
        return read(property_id, caller, response)

    return routes
