"""Who a guest is and how to reach them: the profile, and what may be wrong with it."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

CustomValue = str | bool | int | float
"""The value of a custom field: text, choices and ISO dates are str."""


class Address(BaseModel):
    """A postal address; `country` is ISO 3166-1 alpha-2 and may differ from the guest's own."""

    model_config = ConfigDict(frozen=True)

    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None


class Profile(BaseModel):
    """All that names or describes a person. Never stored but under that person's key.

    What is INTERNAL the guest sees only by asking for all that is known of them; `status_label` is the key of one of
    the organisation's.
    `emails` are normalised addresses and `phones` E.164 numbers, first the preferred, no repeats.
    """

    model_config = ConfigDict(frozen=True)

    salutation: str | None = None
    first_name: str | None = None
    last_name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str | None = None
    address: Address | None = None
    level: str | None = None
    status_label: str | None = None
    note: str | None = None
    custom: Mapping[str, CustomValue] = {}

    @property
    def full_name(self) -> str:
        return f"{self.first_name or ''} {self.last_name}".strip()


INTERNAL = ("level", "note", "status_label")
"""What is remarked of a guest among staff (P5)."""


class FieldProblem(NamedTuple):
    """What is wrong with one field of an input.

    `pointer` is an RFC 6901 JSON pointer ("/emails/0"), `code` a stable word ("email-invalid").
    `detail` never repeats the value: it may end up in logs.
    """

    pointer: str
    code: str
    detail: str
