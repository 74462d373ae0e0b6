"""The fields an organisation adds to its guests' profiles: what they hold, who must fill them, where they show."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.label import Label
from domain.property import Country


class CustomFieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


class Place(StrEnum):
    """Where a custom field is shown."""

    PROFILE = "profile"
    GUEST_LIST = "guest_list"
    REGISTER = "register"
    REGISTRATION_CARD = "registration_card"
    INBOX_PANEL = "inbox_panel"


class CustomField(BaseModel):
    """A field of the profile that this organisation defined.

    `countries` are the property's countries (ISO 3166-1 alpha-2) in which the field is collected,
    empty for all; `required` holds in those countries only. `choices` are for the kind `choice`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    label: Label = Field(max_length=80)
    kind: CustomFieldKind = CustomFieldKind.TEXT
    required: bool = False
    countries: tuple[Country, ...] = Field(default=(), max_length=300)
    choices: tuple[Annotated[Label, Field(max_length=100)], ...] = Field(default=(), max_length=300)
    show_on: tuple[Place, ...] = Field(default=(Place.PROFILE,), max_length=len(Place))

    @model_validator(mode="after")
    def choices_are_those_of_a_choice(self) -> "CustomField":
        if bool(self.choices) != (self.kind is CustomFieldKind.CHOICE):
            raise PydanticCustomError("choices_misplaced", "choices are needed for the kind choice, and for no other")
        return self

    def applies_in(self, country: str) -> bool:
        return not self.countries or country in self.countries
