"""/v1/organisation: what head office chooses."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.patching import patched
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion, etag
from application import organisation
from application.caller import Caller
from domain.access import Right
from domain.custom_field import CustomField
from domain.organisation import Organisation, OrganisationSettings, Plan, ReplyTemplate
from domain.policies.retention import RetentionRule
from domain.required_field import RequiredField
from domain.status_label import StatusLabel

EXAMPLE: JsonDict = {
    "id": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
    "name": "Groupe Rivage",
    "plan": "pro",
    "panel_attributes": ["level", "stays"],
    "profile_fields": [
        {"key": "passport", "label": "Passeport", "kind": "text", "countries": ["IT"], "required": True}
    ],
    "required_fields": [{"field": "address", "countries": ["FR"]}],
    "status_labels": [{"key": "regular", "label": {"fr": "Fidèle", "en": "Regular"}, "color": "#1a7f37"}],
    "retention_rules": [{"country": "DE", "years": 2, "source": "Löschkonzept, 1. März 2026"}],
    "ask_again_after_days": 30,
    "reply_templates": [
        {
            "name": "Excuses",
            "language": "fr",
            "subject": "Votre séjour",
            "text": "Bonjour {{ first_name }} {{ last_name }},\n\nNous regrettons que votre séjour en chambre"
            " {{ room }} n'ait pas été à la hauteur de vos attentes.\n\n{{ property }}",
        }
    ],
    "invitation_templates": [],
}


class OrganisationView(OrganisationSettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID


class OrganisationPatch(BaseModel):
    """What is not sent stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"panel_attributes": ["level"]}]})

    name: str | None = None
    plan: Plan | None = None
    panel_attributes: list[str] | None = None
    profile_fields: list[CustomField] | None = None
    required_fields: list[RequiredField] | None = None
    status_labels: list[StatusLabel] | None = None
    retention_rules: list[RetentionRule] | None = None
    ask_again_after_days: int | None = None
    reply_templates: list[ReplyTemplate] | None = None


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/organisation", tags=["Organisation"])

    @routes.get("", summary="Read the organisation", responses=problems("unauthenticated", "forbidden"))
    def read(caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))], response: Response) -> OrganisationView:
        found = organisation.read_organisation(hote.ports, caller)
        response.headers["ETag"] = etag(found.version)
        return view(found)

    @routes.patch(
        "",
        summary="Change the organisation's settings",
        responses=problems("unauthenticated", "forbidden", "version-mismatch", "conflict"),
    )
    def change(
        patch: OrganisationPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> OrganisationView:
        after, position = organisation.change_organisation(
            hote.ports, caller, lambda settings: patched(settings, patch), expected=expected
        )
        response.headers[HOTE_POSITION] = str(position)
        response.headers["ETag"] = etag(after.version)
        return view(after)

    return routes


def view(found: Organisation) -> OrganisationView:
    return OrganisationView(id=found.id, **dict(found.settings))
