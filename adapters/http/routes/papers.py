"""What is still to be asked of who arrives, and their registration card: what local law wants of a hotel (P1, P6)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import Language, preferred
from adapters.http.openapi import problems
from adapters.http.pages.field_labels import label_of
from adapters.http.pages.page import page
from adapters.http.problems import FieldError, ProblemError
from adapters.http.routes.guest_export import AS_PAGE, ExportFormat, preferred_format
from adapters.http.routes.reservation_views import RESERVATION_ID
from application.caller import Caller
from application.papers import Papers, papers_of_guest, papers_of_reservation
from application.reservations import ReservationRecord
from domain.access import Right
from domain.contact import Address, CustomValue
from domain.custom_field import Place
from domain.guest import Known

GAP: JsonDict = {"field": "passport", "pointer": "/custom/passport", "label": "Passeport", "required_by": "IT"}
ON_EVERY_CARD = (
    "salutation", "last_name", "first_name", "address", "country", "language", "emails", "phones", "company",
)  # fmt: skip
WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "title": "Fiche d'enregistrement",
        "arrival": "Arrivée",
        "departure": "Départ",
        "rooms": "Chambres",
        "required": "* À compléter : demandé par la loi ou par l'établissement.",
        "signature": "Signature :",
        "yes": "oui",
        "no": "non",
    },
    "en": {
        "title": "Registration card",
        "arrival": "Arrival",
        "departure": "Departure",
        "rooms": "Rooms",
        "required": "* To be completed: asked for by law or by the property.",
        "signature": "Signature:",
        "yes": "yes",
        "no": "no",
    },
}


class Gap(BaseModel):
    """A field that is required by the country of the property and not known; its label is French or English."""

    model_config = ConfigDict(json_schema_extra={"examples": [GAP]})

    field: str
    pointer: Annotated[str, Field(description="Where it is entered in the guest (RFC 6901).")]
    label: str
    required_by: Annotated[str, Field(description="ISO 3166-1 alpha-2.")]


class Gaps(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"missing": [GAP]}]})

    missing: list[Gap]

    @classmethod
    def of(cls, papers: Papers, language: Language) -> Self:
        gaps = [
            Gap(**each._asdict(), label=label_of(each.pointer, papers.organisation, language))
            for each in papers.missing
        ]
        return cls(missing=gaps)


class CardField(BaseModel):
    label: str
    value: str | None
    missing: Annotated[bool, Field(description="Whether it is required, and not known, in part or at all.")]


class CardView(BaseModel):
    """A registration card: what every card has, and the organisation's own fields that are shown on it there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reservation_id": RESERVATION_ID,
                    "property": "Hôtel du Port",
                    "arrival": "2026-12-18",
                    "departure": "2026-12-21",
                    "rooms": ["104"],
                    "fields": [{"label": "Nom", "value": "Lefèvre", "missing": False}],
                }
            ]
        }
    )

    reservation_id: UUID
    property: str
    arrival: date
    departure: date
    rooms: list[str]
    fields: list[CardField]

    @classmethod
    def of(cls, record: ReservationRecord, papers: Papers, language: Language) -> Self:
        found = record.reservation
        missing = {each.field for each in papers.missing}
        own = [
            field.key
            for field in papers.organisation.profile_fields
            if Place.REGISTRATION_CARD in field.show_on and field.applies_in(papers.hotel.country)
        ]
        custom = papers.known.profile.custom if papers.known.profile else {}
        built_in = [(name, f"/{name}", _value(papers.known, name, language)) for name in ON_EVERY_CARD]
        its_own = [(key, f"/custom/{key}", _text(custom.get(key), language)) for key in own]
        return cls(
            reservation_id=found.id,
            property=papers.hotel.name,
            arrival=found.booking.arrival,
            departure=found.booking.departure,
            rooms=list(found.booking.rooms),
            fields=[
                CardField(label=label_of(pointer, papers.organisation, language), value=value, missing=field in missing)
                for field, pointer, value in [*built_in, *its_own]
            ],
        )


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["Registration"])
    ports = hote.ports

    @routes.get(
        "/guests/{guest_id}/missing",
        summary="Say what a property must still ask a guest for",
        responses=problems("unauthenticated", "forbidden", "not-found", "invalid"),
        tags=["Guests"],
    )
    def missing_of_guest(
        guest_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        property_id: Annotated[
            UUID | None, Query(description="Its country decides; that of the latest stay, where it is left out.")
        ] = None,
        accept_language: Annotated[str, Header(description="French unless English is preferred.")] = "",
    ) -> Gaps:
        papers = papers_of_guest(ports, caller, guest_id, property_id)
        if papers is None:
            wrong = FieldError(
                parameter="property_id", code="missing", detail="The guest has no stay: name a property."
            )
            raise ProblemError("invalid", errors=[wrong])
        return Gaps.of(papers, _language(accept_language))

    @routes.get(
        "/reservations/{reservation_id}/missing",
        summary="Say what is still to be asked for before the guest arrives",
        responses=problems("unauthenticated", "forbidden", "not-found"),
        tags=["Reservations"],
    )
    def missing_of_reservation(
        reservation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        accept_language: Annotated[str, Header(description="French unless English is preferred.")] = "",
    ) -> Gaps:
        _, papers = papers_of_reservation(ports, caller, reservation_id)
        return Gaps.of(papers, _language(accept_language))

    @routes.get(
        "/reservations/{reservation_id}/registration-card",
        summary="Make the registration card, as JSON or as a page to print and sign",
        response_model=CardView,
        responses=AS_PAGE | problems("unauthenticated", "forbidden", "not-found", "not-acceptable"),
        tags=["Reservations"],
    )
    def registration_card(
        reservation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        format_: Annotated[ExportFormat | None, Query(alias="format", description="Overrides `Accept`.")] = None,
        accept: Annotated[str, Header(include_in_schema=False)] = "",
        accept_language: Annotated[str, Header(description="French unless English is preferred.")] = "",
    ) -> Response:
        language = _language(accept_language)
        card = CardView.of(*papers_of_reservation(ports, caller, reservation_id), language)
        answer: Response
        if (format_ or preferred_format(accept)) == "html":
            answer = page("registration_card.html", language, card=card, words=WORDS[language])
        else:
            answer = Response(card.model_dump_json(), media_type="application/json")
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Accept, Accept-Language"
        return answer

    return routes


def _language(accept_language: str) -> Language:
    return preferred(f"{accept_language}, fr;q=0.001")


def _value(known: Known, name: str, language: Language) -> str | None:
    source = known if name in ("language", "country") else known.profile
    return _text(getattr(source, name, None), language)


def _text(value: CustomValue | Sequence[str] | Address | None, language: Language) -> str | None:
    match value:
        case None | "":
            return None
        case bool():
            return WORDS[language]["yes" if value else "no"]
        case Address():
            return ", ".join(part for _, part in value if part)
        case str() | int() | float():
            return str(value)
        case _:
            return ", ".join(value) or None
