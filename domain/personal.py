"""Marks the fields of an event that name or describe a person, and says which person."""

from dataclasses import dataclass
from typing import Annotated, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Owner:
    """Names the field of the event that holds the id of the guest a personal field belongs to."""

    id_field: str = "originator_id"


Personal = Annotated[T | None, Owner()]
"""A field that is encrypted under the key of the guest whose stream the event is in.

It can always be None: that is how it reads once the guest has been forgotten. For an event that
concerns several guests, write `Annotated[T | None, Owner("other_guest_id")]`.
"""
