"""Writes a message to a guest: the organisation's words or ours, in the guest's language, as text and as HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.invitations.words.sandbox import filled
from adapters.invitations.words.shipped import FALLBACK, TEMPLATES, Texts, texts_for
from adapters.sms.segments import economical
from application.text import one_line
from domain.invitation import Message
from domain.invitation_template import InvitationTemplate, TemplateKind
from domain.property import Channel

BLANK_LINES = re.compile(r"\n{3,}")
"""What is left where a paragraph had nothing to say."""
FROM_RIGHT_TO_LEFT = frozenset(["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])
LAYOUT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("layout.html")


@dataclass(frozen=True)
class Values:
    """What is put into a template. Names are data, whatever is in them."""

    property: str
    salutation: str | None
    first_name: str | None
    last_name: str
    arrival: date | None
    departure: date | None
    link: str | None
    unsubscribe: str

    def named(self, texts: Texts) -> dict[str, str]:
        """By the names that templates have for them, each in one line; what is not known is empty.

        `name` is how the guest is addressed: with the salutation if there is one, else with the first name. Where
        there is neither it is empty, for the last name alone is no way to address anybody.
        """
        salutation = self.salutation and texts.title(self.salutation)
        title = salutation or self.first_name
        values = {
            "name": title and f"{title} {self.last_name}",
            "salutation": salutation,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "property": self.property,
            "arrival": self.arrival and texts.day(self.arrival),
            "departure": self.departure and texts.day(self.departure),
            "link": self.link,
            "unsubscribe": self.unsubscribe,
        }
        return {name: one_line(value or "") for name, value in values.items()}


class Rendered(NamedTuple):
    """A message; an SMS is text alone."""

    subject: str | None
    text: str
    html: str | None


def render(
    message: Message,
    reminder: bool,
    channel: Channel,
    language: str,
    own: Sequence[InvitationTemplate],
    values: Values,
) -> Rendered:
    """The same for the same input, byte for byte. `own` are the organisation's templates.

    Who was invited in a language that has no reminder gets the invitation again.
    """
    find = partial(_template, channel=channel, own=own)
    invitation = TemplateKind(message)
    template = find(TemplateKind.REMINDER, language=language) if reminder else None
    template = template or find(invitation, language=language) or find(invitation, language=FALLBACK)
    assert template is not None  # ours are complete
    return written(template, values)


def written(template: InvitationTemplate, values: Values) -> Rendered:
    """The message that the template makes; in a mail, with what stands around each of ours."""
    language, texts = template.language, texts_for(template.language)
    named = values.named(texts)
    text = BLANK_LINES.sub("\n\n", filled(template.text, named)).strip()
    if template.channel is Channel.SMS:
        return Rendered(None, economical(text), None)
    subject = " ".join(filled(template.subject or "", named).splitlines()) or named["property"]
    html = LAYOUT.render(
        named,
        language=language,
        direction="rtl" if language.partition("-")[0] in FROM_RIGHT_TO_LEFT else "ltr",
        subject=subject,
        paragraphs=[paragraph.splitlines() for paragraph in text.split("\n\n")],
        texts=texts,
    )
    foot = f"-- \n{named['property']}\n{texts.unsubscribe}\n{named['unsubscribe']}\n"
    return Rendered(subject, f"{text}\n\n{foot}", html)


def language_of(
    guest_language: str | None,
    property_languages: Sequence[str],
    own: Sequence[InvitationTemplate],
    message: Message,
    channel: Channel,
) -> str:
    """The guest's if the message can be written in it, else the first of the property's in which it can, else English.

    It is a language that there is a template in: "de" for a guest who speaks "de-AT".
    """
    for language in (guest_language, *property_languages):
        if language and (template := _template(TemplateKind(message), channel=channel, language=language, own=own)):
            return template.language
    return FALLBACK


def _template(
    kind: TemplateKind, *, channel: Channel, language: str, own: Sequence[InvitationTemplate]
) -> InvitationTemplate | None:
    """Of the narrowest language that there is one in, the organisation's before ours."""
    by_place = {template.place: template for template in (*TEMPLATES, *own)}
    return next((by_place[place] for each in _wider(language) if (place := (kind, channel, each)) in by_place), None)


def _wider(language: str) -> Iterator[str]:
    """The language, then without its last part, and so on (RFC 4647, 3.4): "de-CH-1996", "de-CH", "de"."""
    while language:
        yield language
        language = language.rpartition("-")[0]
