"""The fields of a guest's profile that an organisation requires, where, and of whom."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.property import Country


class ProfileField(StrEnum):
    """What every profile has and can be required; a last name is known of everybody."""

    SALUTATION = "salutation"
    FIRST_NAME = "first_name"
    EMAILS = "emails"
    PHONES = "phones"
    LANGUAGE = "language"
    COUNTRY = "country"
    COMPANY = "company"
    ADDRESS = "address"


class RequiredField(BaseModel):
    """`field` is a ProfileField, or the key of one of the organisation's own.

    `countries` are those of the properties that require it (ISO 3166-1 alpha-2), empty for all; with `of_foreigners`
    they require it of guests from elsewhere only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str = Field(max_length=40, examples=[ProfileField.ADDRESS])
    of_foreigners: bool = False
    countries: tuple[Country, ...] = Field(default=(), max_length=300)

    def applies_in(self, country: str) -> bool:
        return not self.countries or country in self.countries
