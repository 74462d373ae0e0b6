"""/v1/profile-field-templates: what the law of some countries asks of hotels, to be adopted as settings (P6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.openapi import problems
from domain.access import Right
from domain.custom_field import CustomField
from domain.registration_law import LAWS
from domain.required_field import RequiredField


class ProfileFieldTemplate(BaseModel):
    """Put `required_fields` and `profile_fields` with your own into the organisation.

    Profile fields of the same key are one, collected in the countries of both. `source` is the law. Labels are French
    unless English is preferred.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "country": "FR",
                    "source": "CESEDA, art. R. 814-1",
                    "required_fields": [{"field": "nationality", "countries": ["FR"], "of_foreigners": True}],
                    "profile_fields": [
                        {
                            "key": "nationality",
                            "label": "Nationalité",
                            "countries": ["FR"],
                            "show_on": ["profile", "register", "registration_card"],
                        }
                    ],
                }
            ]
        }
    )

    country: str
    source: str
    required_fields: list[RequiredField]
    profile_fields: list[CustomField]


class ProfileFieldTemplates(BaseModel):
    items: list[ProfileFieldTemplate]


def router(_: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/profile-field-templates", tags=["Organisation"])

    @routes.get(
        "",
        summary="List what the law of some countries asks of hotels",
        dependencies=[Depends(allowed(Right.READ_SETTINGS))],
        responses=problems("unauthenticated", "forbidden"),
    )
    def list_(
        country: Annotated[str | None, Query(pattern="^[A-Z]{2}$", description="Of this country alone.")] = None,
        accept_language: Annotated[str, Header(description="French unless English is preferred.")] = "",
    ) -> ProfileFieldTemplates:
        french = preferred(f"{accept_language}, fr;q=0.001") == "fr"
        return ProfileFieldTemplates(
            items=[
                ProfileFieldTemplate(
                    country=law.country,
                    source=law.source,
                    required_fields=law.required_fields,
                    profile_fields=law.profile_fields(french=french),
                )
                for law in LAWS
                if country in (None, law.country)
            ]
        )

    return routes
