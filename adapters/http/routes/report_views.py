"""How reports, and the facts behind them, read in JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from projections.lake.names import Row


class ReportView(BaseModel):
    """`rows` are objects with these `columns`: what the report is grouped by, an id before its name, then the figures.

    Amounts are minor units of the row's `currency`; costs per something, averages and shares are rounded half to even,
    costs and averages to hundredths, shares to ten-thousandths. `totals` has the figures of all rows together; where
    there are amounts it is a list, with an entry for each currency. `position` is that of the last event that is in.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "columns": [
                        "code_id", "code", "month", "currency", "complaints", "cost", "cost_per_complaint",
                        "occupied_nights", "cost_per_occupied_night",
                    ],
                    "rows": [
                        {
                            "code_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b01",
                            "code": "Bruit",
                            "month": "2026-03",
                            "currency": "EUR",
                            "complaints": 12,
                            "cost": 18750,
                            "cost_per_complaint": 1562.5,
                            "occupied_nights": 2140,
                            "cost_per_occupied_night": 8.76,
                        }
                    ],
                    "totals": [
                        {
                            "currency": "EUR",
                            "complaints": 12,
                            "cost": 18750,
                            "cost_per_complaint": 1562.5,
                            "occupied_nights": 2140,
                            "cost_per_occupied_night": 8.76,
                        }
                    ],
                    "position": 48211,
                }
            ]
        }
    )  # fmt: skip

    columns: list[str]
    rows: list[Row]
    totals: Row | list[Row]
    position: int


class FactsView(BaseModel):
    """The facts behind a figure, oldest first; `next` is the cursor of the page that follows, null at the end."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "columns": ["source_id", "origin", "day", "item_id", "item", "quantity", "value", "currency"],
                    "items": [
                        {
                            "source_id": "0199f3c4-51aa-7d10-8a7b-2f6f0f8f3f11",
                            "origin": "complaint",
                            "day": "2026-03-14",
                            "item_id": "0199f3c1-b6d0-7f0b-8a52-1d9a4e6c7b02",
                            "item": "Bouteille de vin",
                            "quantity": 1,
                            "value": 1250,
                            "currency": "EUR",
                        }
                    ],
                    "next": None,
                    "position": 48211,
                }
            ]
        }
    )

    columns: list[str]
    items: list[Row]
    next: Annotated[str | None, Field(examples=[None])]
    position: int
