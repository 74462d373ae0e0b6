"""What guests are written: in their language, the same each time, and with names that are never more than names."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import product

import pytest

from adapters.invitations.words.judging import example, judged
from adapters.invitations.words.rendering import Rendered, language_of, render
from adapters.invitations.words.shipped import LANGUAGES, TEMPLATES, texts_for
from adapters.sms.segments import ALPHABET
from domain.invitation import Message
from domain.invitation_template import InvitationTemplate, TemplateKind
from domain.property import Channel

ZOE = example("Hôtel du Port", "https://hote.example")
POST_STAY, EMAIL, SMS = Message.POST_STAY, Channel.EMAIL, Channel.SMS
LINK = "https://hote.example/i/"


class Page(HTMLParser):
    """What a mail client sees in the HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def links(self) -> list[str | None]:
        return [attributes["href"] for tag, attributes in self.tags if tag == "a"]


def page(rendered: Rendered) -> Page:
    assert rendered.html is not None
    return Page(rendered.html)


def own(
    text: str, *, channel: Channel = EMAIL, language: str = "fr", subject: str | None = "Avis"
) -> InvitationTemplate:
    subject = subject if channel is EMAIL else None
    kind = TemplateKind.POST_STAY
    return InvitationTemplate(kind=kind, channel=channel, language=language, subject=subject, text=text)


def test_every_message_is_there_in_every_language() -> None:
    assert set(LANGUAGES) == {"fr", "en", "de", "es", "it"}
    assert {each.place for each in TEMPLATES} == set(product(TemplateKind, Channel, LANGUAGES))
    assert len(TEMPLATES) == 30


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: "-".join(each.place))
@pytest.mark.parametrize("known", [True, False])
def test_what_is_shipped_passes_its_own_judgement_also_where_little_is_known(
    template: InvitationTemplate, known: bool
) -> None:
    little = replace(ZOE, first_name=None, arrival=None, departure=None)
    rendered = judged(template, ZOE if known else little)
    for part in filter(None, rendered):
        assert "{" not in re.sub(r"style=\"[^\"]*\"", "", part)
        assert "  " not in part
        assert " ," not in part
        assert "None" not in part
    assert "Hôtel du Port" in (rendered.subject or "Hôtel du Port")
    if template.channel is SMS:
        assert set(rendered.text) <= ALPHABET


@pytest.mark.parametrize(
    ("language", "first", "eighteenth"),
    [
        ("fr", "1er août 2026", "18 août 2026"),
        ("en", "1 August 2026", "18 August 2026"),
        ("de", "1. August 2026", "18. August 2026"),
        ("es", "1 de agosto de 2026", "18 de agosto de 2026"),
        ("it", "1 agosto 2026", "18 agosto 2026"),
    ],
)
def test_days_are_written_as_people_write_them(language: str, first: str, eighteenth: str) -> None:
    texts = texts_for(language)
    assert (texts.day(date(2026, 8, 1)), texts.day(date(2026, 8, 18))) == (first, eighteenth)
    values = replace(ZOE, arrival=date(2026, 8, 18))
    assert eighteenth in render(Message.PRE_STAY, False, EMAIL, language, (), values).text


@pytest.mark.parametrize(
    ("salutation", "first_name", "greeting"),
    [
        (None, "Zoé", "Bonjour Zoé Lefèvre,"),
        ("Mme", "Zoé", "Bonjour Madame Lefèvre,"),
        ("MR.", None, "Bonjour Monsieur Lefèvre,"),
        ("Frau", None, "Bonjour Madame Lefèvre,"),
        ("Sig.ra", None, "Bonjour Madame Lefèvre,"),
        ("Dr.", None, "Bonjour Dr. Lefèvre,"),
        ("Mrs", None, "Bonjour Mrs Lefèvre,"),
        (None, None, "Bonjour,"),
    ],
)
def test_a_guest_is_greeted_by_what_is_known(salutation: str | None, first_name: str | None, greeting: str) -> None:
    values = replace(ZOE, salutation=salutation, first_name=first_name)
    assert render(POST_STAY, False, EMAIL, "fr", (), values).text.startswith(greeting + "\n\n")


@pytest.mark.parametrize(
    ("language", "madam", "sir", "nobody"),
    [
        ("fr", "Bonjour Madame Lefèvre,", "Bonjour Monsieur Lefèvre,", "Bonjour,"),
        ("en", "Dear Ms Lefèvre,", "Dear Mr Lefèvre,", "Dear guest,"),
        ("de", "Guten Tag Frau Lefèvre,", "Guten Tag Herr Lefèvre,", "Guten Tag,"),
        ("es", "Hola, Sra. Lefèvre:", "Hola, Sr. Lefèvre:", "Hola:"),
        ("it", "Gentile Signora Lefèvre,", "Gentile Signor Lefèvre,", "Gentile ospite,"),
    ],
)
@pytest.mark.parametrize(
    ("message", "reminder"), [(Message.PRE_STAY, False), (Message.POST_STAY, False), (Message.POST_STAY, True)]
)
def test_nobody_is_addressed_by_the_last_name_alone(
    message: Message, reminder: bool, language: str, madam: str, sir: str, nobody: str
) -> None:
    for salutation, greeting in (("Mme", madam), ("M.", sir), (None, nobody)):
        values = replace(ZOE, salutation=salutation, first_name=None)
        assert render(message, reminder, EMAIL, language, (), values).text.startswith(greeting + "\n\n")


@pytest.mark.parametrize("template", [each for each in TEMPLATES if each.language == "fr"], ids=lambda each: each.kind)
def test_french_is_set_as_the_french_set_it(template: InvitationTemplate) -> None:
    """With spaces before its signs at which no line breaks, which an SMS can do without."""
    for part in (template.subject or "", template.text):
        assert not re.search(" [:;?!]", part)
        assert "'" not in part
    if template.channel is SMS:
        assert re.search(" [:?!]", judged(template, ZOE).text)


def test_a_mail_has_the_same_words_twice_and_says_how_to_get_no_more() -> None:
    rendered = render(POST_STAY, False, EMAIL, "de-AT", (), ZOE)
    seen = page(rendered)
    assert rendered.subject == "Hôtel du Port: Wie war Ihr Aufenthalt?"
    assert "Guten Tag Zoé Lefèvre," in rendered.text
    assert ZOE.link is not None
    assert rendered.text.count(ZOE.link) == 1
    assert rendered.text.endswith(f"-- \nHôtel du Port\nDiese Nachrichten nicht mehr erhalten\n{ZOE.unsubscribe}\n")
    assert seen.links == [ZOE.link, ZOE.unsubscribe]
    assert seen.tags[0] == ("html", {"lang": "de", "dir": "ltr"})
    shown = [word.strip() for word in seen.words if word.strip()]
    assert set(rendered.text.splitlines()) - {"", "-- ", ZOE.link, ZOE.unsubscribe} <= set(shown)
    assert not {tag for tag, _ in seen.tags} & {"table", "script", "img", "link", "iframe", "form"}


def test_an_sms_is_text_alone() -> None:
    rendered = render(POST_STAY, False, SMS, "fr", (), ZOE)
    assert (rendered.subject, rendered.html) == (None, None)
    assert rendered.text.startswith("Hotel du Port : merci d'avoir")
    assert ZOE.link is not None
    assert ZOE.link in rendered.text
    assert ZOE.unsubscribe in rendered.text


NASTY = (
    "{{ 7*7 }}",
    "{% for a in range(9) %}x{% endfor %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "https://evil.example/",
    "&amp;",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_data_whatever_is_in_it(name: str) -> None:
    values = replace(ZOE, first_name=name, last_name=name, property=name)
    rendered = render(POST_STAY, False, EMAIL, "fr", (), values)
    assert f"Bonjour {name} {name},\n" in rendered.text
    assert name in (rendered.subject or "")
    seen = page(rendered)
    assert f"Bonjour {name} {name}," in " ".join(seen.words)
    assert [tag for tag, _ in seen.tags] == [
        tag for tag, _ in page(render(POST_STAY, False, EMAIL, "fr", (), ZOE)).tags
    ]
    assert seen.links == [ZOE.link, ZOE.unsubscribe]


def test_a_name_adds_no_line_and_no_header() -> None:
    values = replace(ZOE, first_name="Zoé\r\nBcc: a@example.com\n\nhttps://evil.example/", property="Port\nPort")
    rendered = render(POST_STAY, False, EMAIL, "fr", (own("{{ name }}\n\n{{ link }}", subject="{{ name }}"),), values)
    assert rendered.subject == "Zoé Bcc: a@example.com https://evil.example/ Lefèvre"
    two_lines = own("{{ link }}", subject="Votre\u2028avis")
    assert render(POST_STAY, False, EMAIL, "fr", (two_lines,), ZOE).subject == "Votre avis"
    assert rendered.text.splitlines()[0] == rendered.subject
    assert "\nPort Port\n" in rendered.text


def test_words_of_the_organisation_go_before_ours_where_it_has_any() -> None:
    mine = own("Un mot ? {{ link }} Merci,\n{{ property }}", subject="Votre avis, {{ name }}")
    rendered = render(POST_STAY, False, EMAIL, "fr-BE", (mine,), ZOE)
    assert rendered.subject == "Votre avis, Zoé Lefèvre"
    assert rendered.text.startswith(f"Un mot ? {ZOE.link} Merci,\nHôtel du Port\n")
    assert page(rendered).links == [ZOE.link, ZOE.unsubscribe]
    ours = render(POST_STAY, False, EMAIL, "de", (), ZOE)
    assert render(POST_STAY, False, EMAIL, "de", (mine,), ZOE) == ours
    assert render(POST_STAY, False, SMS, "fr", (mine,), ZOE) == render(POST_STAY, False, SMS, "fr", (), ZOE)


def test_a_reminder_in_a_language_without_one_is_the_invitation_again() -> None:
    dutch = own("Uw mening: {{ link }}", language="nl")
    first = render(POST_STAY, False, EMAIL, "nl", (dutch,), ZOE)
    assert render(POST_STAY, True, EMAIL, "nl", (dutch,), ZOE) == first
    assert render(POST_STAY, True, EMAIL, "fr", (dutch,), ZOE) != render(POST_STAY, False, EMAIL, "fr", (), ZOE)
    english = render(POST_STAY, False, EMAIL, "en", (), ZOE)
    assert render(POST_STAY, True, EMAIL, "nl", (), ZOE) == english, "the words were deleted meanwhile"


def test_a_paragraph_without_anything_to_say_leaves_no_hole() -> None:
    mine = own(
        "{% if salutation %}Chère {{ name }}{% endif %}\n\nBonjour\n\n{% if salutation %}!{% endif %}\n\n{{ link }}"
    )
    rendered = render(POST_STAY, False, EMAIL, "fr", (mine,), ZOE)
    assert rendered.text.startswith(f"Bonjour\n\n{ZOE.link}\n\n-- \n")
    assert [tag for tag, _ in page(rendered).tags].count("p") == 3


def test_languages_that_run_from_right_to_left_do() -> None:
    arabic = render(POST_STAY, False, EMAIL, "ar", (own("رأيكم {{ link }}", language="ar"),), ZOE)
    told = [(tag, each["lang"], each["dir"]) for tag, each in page(arabic).tags if "lang" in each]
    assert told == [("html", "ar", "rtl"), ("div", "ar", "rtl")], "mail programs may keep no more than the second"


@pytest.mark.parametrize(
    ("guest", "hotel", "channel", "spoken"),
    [
        ("de", ["fr"], EMAIL, "de"),
        ("de-AT", ["fr"], EMAIL, "de"),
        ("de-CH-1996", ["fr"], EMAIL, "de"),
        ("nl-BE", ["fr"], EMAIL, "nl"),
        ("nl-BE", ["fr"], SMS, "fr"),
        ("ja", ["fr", "de"], EMAIL, "fr"),
        ("ja", ["ja", "it-CH", "fr"], EMAIL, "it"),
        ("ja", ["ja"], EMAIL, "en"),
        ("den", ["fr"], EMAIL, "fr"),
        (None, ["es"], EMAIL, "es"),
        (None, [], EMAIL, "en"),
    ],
)
def test_the_language_is_one_that_there_are_words_in(
    guest: str | None, hotel: list[str], channel: Channel, spoken: str
) -> None:
    dutch = own("Uw mening: {{ link }}", language="nl")
    assert language_of(guest, hotel, (dutch,), POST_STAY, channel) == spoken
