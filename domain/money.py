"""Amounts of money, exact, and what is given to guests in terms of it."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from domain.codes import CURRENCIES

MOST_OF_ONE = 9_999
"""The largest quantity of one item."""

LARGEST_AMOUNT = 100_000_000_000
"""Minor units: the value of one item stays below, so that no total leaves 64 bits."""


def known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("currency_invalid", "not a currency of ISO 4217")
    return code


Currency = Annotated[str, AfterValidator(known_currency), Field(description="ISO 4217", examples=["EUR"])]


class Money(BaseModel):
    """An amount in minor units, such as cents, as ISO 4217 divides the currency."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"amount": 1250, "currency": "EUR"}]}
    )

    amount: Annotated[int, Field(ge=0, lt=LARGEST_AMOUNT, strict=True)]
    currency: Currency


class GivenItem(BaseModel):
    """An item of the cost catalogue that a guest got; `unit_value` in minor units, as it was when given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item_id: UUID
    quantity: int
    unit_value: int

    @property
    def value(self) -> int:
        return self.quantity * self.unit_value


def total(items: Iterable[GivenItem]) -> int:
    """Minor units."""
    return sum(item.value for item in items)
