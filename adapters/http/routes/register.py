"""/v1/properties/{id}/register: who spends the night there, and what the organisation shows in registers (P1)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import at_least
from adapters.http.routes.guest_views import GUEST_ID
from adapters.http.routes.reservation_views import RESERVATION_ID
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application.caller import Caller
from application.organisation import load_organisation, read_property
from domain.access import Right
from domain.contact import CustomValue
from domain.custom_field import CustomField, Place
from domain.reservation import GONE, State
from projections.reservations.queries import Item, stream
from projections.reservations.query import ReservationQuery


class RegisterLine(BaseModel):
    """A reservation whose guest spends the night; names are null where nobody is named, or they were anonymised."""

    reservation_id: UUID
    guest_id: UUID | None
    state: State
    rooms: list[str]
    arrival: date
    departure: date
    last_name: str | None
    first_name: str | None
    country: str | None
    custom: Annotated[dict[str, CustomValue], Field(description="The organisation's fields shown in registers.")]

    @classmethod
    def of(cls, item: Item, own: Sequence[CustomField]) -> Self:
        # What is known of the guest today, and of who is none what was told with the reservation.
        known = item.guest_profile or item.contact or {}
        custom = known.get("custom")
        values = custom if isinstance(custom, dict) else {}
        return cls(
            reservation_id=item.id,
            guest_id=item.guest_id,
            state=State(item.state),
            rooms=item.rooms,
            arrival=item.arrival,
            departure=item.departure,
            **{name: known.get(name) for name in ("last_name", "first_name")},
            country=item.country,
            custom={field.key: values[field.key] for field in own if field.key in values},
        )


class Register(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "day": "2026-12-19",
                    "items": [
                        {
                            "reservation_id": RESERVATION_ID,
                            "guest_id": GUEST_ID,
                            "state": "checked_in",
                            "rooms": ["104"],
                            "arrival": "2026-12-18",
                            "departure": "2026-12-21",
                            "last_name": "Lefèvre",
                            "first_name": "Zoé",
                            "country": "FR",
                            "custom": {"passport": "12AB34567"},
                        }
                    ],
                }
            ]
        }
    )

    day: date
    items: list[RegisterLine]


COLUMNS: Mapping[str, Callable[[RegisterLine], Cell]] = {
    "rooms": lambda line: ", ".join(line.rooms),
    "last_name": lambda line: line.last_name,
    "first_name": lambda line: line.first_name,
    "country": lambda line: line.country,
    "arrival": lambda line: line.arrival,
    "departure": lambda line: line.departure,
    "state": lambda line: line.state,
}
"""Of the table, by title, before those of the organisation's fields."""


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/properties/{property_id}/register", tags=["Registration"])
    ports = hote.ports

    @routes.get(
        "",
        summary="List who spends the night at a property, as JSON, CSV or XLSX",
        dependencies=[Depends(at_least(name, hote.runner.progress)) for name in ("reservations", "guest_list")],
        response_model=Register,
        responses=AS_TABLE
        | problems("unauthenticated", "forbidden", "not-found", "not-acceptable", "not-yet", "exports-busy"),
    )
    def register(
        request: Request,
        property_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        day: Annotated[date | None, Query(description="Today at the property, where it is left out.")] = None,
        format_: Annotated[Format | None, Query(alias="format", description="Overrides `Accept`.")] = None,
    ) -> Register | Response:
        hotel = read_property(ports, caller, property_id).settings
        of_day = day or hotel.local_day(ports.now())
        own = [
            field
            for field in load_organisation(ports, caller.organisation_id).settings.profile_fields
            if Place.REGISTER in field.show_on and field.applies_in(hotel.country)
        ]
        next_day = of_day + timedelta(1)
        asked = ReservationQuery([property_id], {}, arrival_before=next_day, departure_from=next_day, sort="arrival")

        def lines() -> Iterator[RegisterLine]:
            with hote.pool.connection() as connection:
                yield from (RegisterLine.of(item, own) for item in stream(connection, asked) if item.state not in GONE)

        chosen = wanted(format_, request.headers.get("accept", ""))
        if chosen is Format.JSON:
            return Register(day=of_day, items=list(lines()))
        columns = [*COLUMNS, *(field.label for field in own)]
        rows = (
            [*(cell(line) for cell in COLUMNS.values()), *(line.custom.get(field.key) for field in own)]
            for line in lines()
        )
        return table(chosen, f"register-{of_day}", columns, rows)

    return routes
