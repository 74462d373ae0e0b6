"""How an item that was given reads."""

from uuid import UUID

from pydantic import BaseModel

from domain.money import GivenItem, Money


class GivenView(BaseModel):
    """So many of an item, at the value it had when given."""

    item_id: UUID
    quantity: int
    unit_value: Money
    value: Money

    @classmethod
    def of(cls, item: GivenItem, currency: str) -> "GivenView":
        return cls(
            item_id=item.item_id,
            quantity=item.quantity,
            unit_value=Money(amount=item.unit_value, currency=currency),
            value=Money(amount=item.value, currency=currency),
        )
