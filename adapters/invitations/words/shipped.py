"""What Hôte itself writes to guests, in five languages: the plain files in `texts`."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from application.text import fold
from domain.invitation_template import InvitationTemplate, TemplateKind
from domain.property import Channel

FALLBACK = "en"
"""For guests in whose language there is nothing."""

MADAM = frozenset(["madame", "mme", "ms", "frau", "senora", "sra", "signora", "sigra"])
SIR = frozenset(["monsieur", "m", "mister", "mr", "herr", "herrn", "senor", "sr", "signor", "signore", "sig"])
"""Salutations as lists of guests have them, folded; not those that say more, such as Mrs or Dr."""


class Text(NamedTuple):
    """As a file has it; an SMS has no subject."""

    text: str
    subject: str | None = None


class Texts(NamedTuple):
    """A file: how a day and a title are written, what stands around each mail, and the messages themselves."""

    date_form: str
    first: str
    """How the first day of a month is written."""
    months: tuple[str, ...]
    madam: str
    sir: str
    button: str
    unsubscribe: str
    pre_stay: Mapping[Channel, Text]
    post_stay: Mapping[Channel, Text]
    reminder: Mapping[Channel, Text]

    def day(self, day: date) -> str:
        return self.date_form.format(
            day=self.first if day.day == 1 else day.day, month=self.months[day.month - 1], year=day.year
        )

    def title(self, salutation: str) -> str:
        """As this language says it; one that is not known stays as it is."""
        match fold(salutation).replace(" ", ""):
            case known if known in MADAM:
                return self.madam
            case known if known in SIR:
                return self.sir
            case _:
                return salutation

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
