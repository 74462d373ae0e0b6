"""What Hôte itself writes to guests, in five languages: the plain files in `texts`."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from domain.invitation_template import InvitationTemplate, TemplateKind
from domain.property import Channel

FALLBACK = "en"
"""For guests in whose language there is nothing."""


class Text(NamedTuple):
    """As a file has it; an SMS has no subject."""

    text: str
    subject: str | None = None


class Texts(NamedTuple):
    """A file: how a day is written, what stands around each mail, and the messages themselves."""

    date_form: str
    first: str
    """How the first day of a month is written."""
    months: tuple[str, ...]
    button: str
    unsubscribe: str
    pre_stay: Mapping[Channel, Text]
    post_stay: Mapping[Channel, Text]
    reminder: Mapping[Channel, Text]

    def day(self, day: date) -> str:
        return self.date_form.format(
            day=self.first if day.day == 1 else day.day, month=self.months[day.month - 1], year=day.year
        )

    def templates(self, language: str) -> list[InvitationTemplate]:
        return [
            InvitationTemplate(kind=kind, channel=channel, language=language, **text._asdict())
            for kind, by_channel in zip(TemplateKind, (self.pre_stay, self.post_stay, self.reminder), strict=True)
            for channel, text in by_channel.items()
        ]


FILE = TypeAdapter(Texts)
LANGUAGES: Mapping[str, Texts] = {
    path.stem: FILE.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted((Path(__file__).parent / "texts").glob("*.toml"))
}
TEMPLATES = tuple(template for language, texts in LANGUAGES.items() for template in texts.templates(language))


def texts_for(language: str) -> Texts:
    """Those of the language without its region, else in English."""
    return LANGUAGES.get(language.partition("-")[0], LANGUAGES[FALLBACK])
