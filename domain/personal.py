"""Marks the fields of an event that name or describe a person, and says whose key seals each."""

from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True)
class Owner:
    """Names the field of the event that holds the id of the guest a personal field belongs to.

    Where that is None, `otherwise` names it. A key that is `new` is made with this event.
    """

    id_field: str = "originator_id"
    otherwise: str = "originator_id"
    new: bool = False

    def of(self, event: object) -> UUID:
        owner: UUID = getattr(event, self.id_field) or getattr(event, self.otherwise)
        return owner


Personal = Annotated[T | None, Owner()]
"""A field that is encrypted under the key of the guest whose stream the event is in.

It can always be None: that is how it reads once the guest has been forgotten. For an event that
concerns several guests, write `Annotated[T | None, Owner("other_guest_id")]`.
"""

PersonalWhileMerged = Annotated[T | None, Owner("sealed_by")]
"""As Personal, in an event whose field `sealed_by` names the merge that is in force, None where none is.

What is told of a guest while they are one with another can be the other's: its key goes with either of them.
"""
