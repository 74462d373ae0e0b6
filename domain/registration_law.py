"""What the law of some countries has hotels ask their guests for: templates of settings, for organisations to adopt.

Each names its source. They hold what concerns the guest, and neither the stay nor who travels along. Whoever adopts one
remains answerable for what they collect.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.custom_field import CustomField, CustomFieldKind, Place
from domain.required_field import ProfileField, RequiredField


@dataclass(frozen=True)
class OwnField:
    """A field that no profile has of itself, and what it is called in French and in English."""

    key: str
    fr: str
    en: str
    kind: CustomFieldKind = CustomFieldKind.TEXT
    choices: tuple[str, ...] = ()


SEX = OwnField("sex", "Sexe", "Sex", CustomFieldKind.CHOICE, ("F", "M", "X"))
BORN_ON = OwnField("birth_date", "Date de naissance", "Date of birth", CustomFieldKind.DATE)
BORN_AT = OwnField("birth_place", "Lieu de naissance", "Place of birth")
NATIONALITY = OwnField("nationality", "Nationalité", "Nationality")
DOCUMENT = OwnField("document_type", "Type de pièce d'identité", "Type of identity document")
NUMBER = OwnField("document_number", "Numéro de la pièce d'identité", "Number of the identity document")
ISSUED_AT = OwnField("document_issued_at", "Lieu de délivrance de la pièce", "Place of issue of the document")


@dataclass(frozen=True)
class RegistrationLaw:
    """`of_foreigners` asks only guests from other countries; `source` is where the law says so."""

    country: str
    source: str
    of_foreigners: bool
    fields: Sequence[ProfileField]
    own: Sequence[OwnField]

    @property
    def required_fields(self) -> list[RequiredField]:
        return [
            RequiredField(field=field, countries=(self.country,), of_foreigners=self.of_foreigners)
            for field in (*self.fields, *(own.key for own in self.own))
        ]

    def profile_fields(self, *, french: bool) -> list[CustomField]:
        return [
            CustomField(
                key=field.key,
                label=field.fr if french else field.en,
                kind=field.kind,
                choices=field.choices,
                countries=(self.country,),
                show_on=(Place.PROFILE, Place.REGISTER, Place.REGISTRATION_CARD),
            )
            for field in self.own
        ]


LAWS: Sequence[RegistrationLaw] = (
    RegistrationLaw(
        country="DE",
        source="Bundesmeldegesetz (BMG), §§ 29 Abs. 2 und 3, 30 Abs. 2, in der seit 1. Januar 2025 geltenden Fassung",
        of_foreigners=True,
        fields=(ProfileField.FIRST_NAME, ProfileField.ADDRESS),
        own=(BORN_ON, NATIONALITY, NUMBER),
    ),
    RegistrationLaw(
        country="ES",
        source="Real Decreto 933/2021, de 26 de octubre, anexo I",
        of_foreigners=False,
        fields=(ProfileField.FIRST_NAME, ProfileField.ADDRESS, ProfileField.EMAILS, ProfileField.PHONES),
        own=(SEX, BORN_ON, NATIONALITY, DOCUMENT, NUMBER),
    ),
    RegistrationLaw(
        country="FR",
        source="CESEDA, art. R. 814-1 (R. 611-42 avant 2021), rédaction du décret n° 2015-1002 du 18 août 2015",
        of_foreigners=True,
        fields=(ProfileField.FIRST_NAME, ProfileField.ADDRESS, ProfileField.EMAILS, ProfileField.PHONES),
        own=(BORN_ON, BORN_AT, NATIONALITY),
    ),
    RegistrationLaw(
        country="IT",
        source="TULPS (R.D. 773/1931), art. 109; D.M. 7 gennaio 2013 e D.M. 16 settembre 2021, allegato tecnico",
        of_foreigners=False,
        fields=(ProfileField.FIRST_NAME,),
        own=(SEX, BORN_ON, BORN_AT, NATIONALITY, DOCUMENT, NUMBER, ISSUED_AT),
    ),
)
