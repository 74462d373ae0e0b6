"""The customer of Hôte: what an organisation decides for all of its properties. Events, state, decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.custom_field import CustomField
from domain.event import Event
from domain.invitation_template import InvitationTemplate
from domain.label import Label
from domain.policies.retention import RetentionRules
from domain.property import Language
from domain.prose import Prose
from domain.refusal import Refusal
from domain.required_field import ProfileField, RequiredField
from domain.status_label import StatusLabel


class Plan(StrEnum):
    STARTER = "starter"
    PRO = "pro"


TemplateName = Annotated[Label, Field(max_length=60, examples=["Excuses"])]


class ReplyTemplate(BaseModel):
    """An answer to a guest that staff start from; the same name in several languages is the same template.

    In `subject` and `text`, `{{ first_name }}` and `{{ last_name }}` become the guest's, `{{ property }}` the
    property's name, `{{ room }}` the feedback's; what is not known becomes nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: TemplateName
    language: Language
    subject: Label = Field(max_length=200)
    text: Prose


def one_for_each_name_and_language(templates: tuple[ReplyTemplate, ...]) -> tuple[ReplyTemplate, ...]:
    if len({(template.name, template.language) for template in templates}) != len(templates):
        raise PydanticCustomError("template_twice", "two templates have the same name and language")
    return templates


class OrganisationSettings(BaseModel):
    """What head office chooses; `panel_attributes` name what the inbox shows beside a message.

    `profile_fields` are its own; `required_fields` must be filled where a country asks for them.

    `retention_rules` are its own, which go before the one that is shipped. No guest is invited to review twice within
    `ask_again_after_days`, whatever the property; 0 sets no limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Label = Field(max_length=200)
    plan: Plan = Plan.PRO
    panel_attributes: tuple[Annotated[Label, Field(max_length=60)], ...] = Field(default=(), max_length=30)
    profile_fields: tuple[CustomField, ...] = Field(default=(), max_length=100)
    required_fields: tuple[RequiredField, ...] = Field(default=(), max_length=100)
    status_labels: tuple[StatusLabel, ...] = Field(default=(), max_length=50)
    retention_rules: RetentionRules = ()
    ask_again_after_days: int = Field(default=30, ge=0, le=3650)
    reply_templates: Annotated[
        tuple[ReplyTemplate, ...], AfterValidator(one_for_each_name_and_language), Field(max_length=100)
    ] = ()
    invitation_templates: tuple[InvitationTemplate, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def keys_are_unique(self) -> "OrganisationSettings":
        for keyed in (self.profile_fields, self.status_labels):
            if len({each.key for each in keyed}) != len(keyed):
                raise PydanticCustomError("key_twice", "two profile fields, or two status labels, have the same key")
        return self

    @model_validator(mode="after")
    def what_is_required_is_there(self) -> "OrganisationSettings":
        if {each.field for each in self.required_fields} - {*ProfileField, *(each.key for each in self.profile_fields)}:
            raise PydanticCustomError("required_unknown", "a required field is none of a profile, nor an own one")
        return self


class OrganisationFounded(Event):
    """A hotel or a group began to use Hôte."""

    settings: OrganisationSettings


class OrganisationChanged(Event):
    """Head office changed its settings; they are given whole."""

    fields: tuple[str, ...]
    settings: OrganisationSettings


class OrganisationUnknown(Refusal):
    code = "not-found"


UNNAMED = OrganisationSettings(name="?")


@dataclass(frozen=True)
class Organisation:
    """An organisation as its events tell it; version 0 is one nobody has heard of."""

    id: UUID
    version: int = 0
    settings: OrganisationSettings = UNNAMED


def fold(organisation: Organisation, events: Iterable[Event]) -> Organisation:
    for event in events:
        if not isinstance(event, OrganisationFounded | OrganisationChanged):
            raise TypeError(f"{type(event).__name__} is not an event of an organisation")
        organisation = Organisation(organisation.id, event.originator_version, event.settings)
    return organisation


def found(organisation: Organisation, settings: OrganisationSettings) -> list[OrganisationFounded]:
    return [OrganisationFounded(originator_id=organisation.id, originator_version=1, settings=settings)]


def change(organisation: Organisation, settings: OrganisationSettings) -> list[OrganisationChanged]:
    """Nothing when nothing is different."""
    if organisation.version == 0:
        raise OrganisationUnknown("There is no such organisation.")
    fields = tuple(name for name, value in settings if value != getattr(organisation.settings, name))
    if not fields:
        return []
    return [
        OrganisationChanged(
            originator_id=organisation.id,
            originator_version=organisation.version + 1,
            fields=fields,
            settings=settings,
        )
    ]
