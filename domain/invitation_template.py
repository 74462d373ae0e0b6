"""What an organisation writes to guests before and after their stays, in its own words."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from domain.label import Label
from domain.property import Channel, Language
from domain.prose import Prose


class TemplateKind(StrEnum):
    """What is written: a message, or a reminder of the one after a stay."""

    PRE_STAY = "pre_stay"
    POST_STAY = "post_stay"
    REMINDER = "reminder"


class TemplatePlace(NamedTuple):
    """What a template is for: an organisation has one for each place."""

    kind: TemplateKind
    channel: Channel
    language: str


class InvitationTemplate(BaseModel):
    """A message to guests; an SMS has no subject.

    In `subject` and `text`, `{{ name }}` becomes the value of that name, and what stands from `{% if name %}` to
    `{% else %}` or `{% endif %}` is written only where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TemplateKind
    channel: Channel
    language: Language
    subject: Label | None = Field(default=None, max_length=200)
    text: Prose

    @property
    def place(self) -> TemplatePlace:
        return TemplatePlace(self.kind, self.channel, self.language)
