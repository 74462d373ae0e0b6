"""What an organisation can write into a template, and that nothing in one runs, reaches anything or takes time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.invitations.words.judging import NAMES, TOKEN, example, judged
from adapters.invitations.words.sandbox import TemplateWrong, check, filled
from adapters.invitations.words.shipped import texts_for
from adapters.keys.links import TOKEN_CHARACTERS
from application.problem_texts import InvalidInput
from domain.invitation_template import InvitationTemplate, TemplateKind
from domain.property import Channel

VALUES = {"name": "Zoé", "room": ""}
ZOE = example("Hôtel du Port", "https://hote.example")


def wrong(source: str) -> str:
    with pytest.raises(TemplateWrong) as caught:
        check(source, VALUES)
    return caught.value.code


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Bonjour", "Bonjour"),
        ("Bonjour {{ name }} !", "Bonjour Zoé !"),
        ("{{name}}{{ room }}{{ name }}", "ZoéZoé"),
        ("A{% if name %} ({{ name }}){% endif %}.", "A (Zoé)."),
        ("A{% if room %} ({{ room }}){% endif %}.", "A."),
        ("{% if room %}{{ room }}{% else %}?{% endif %}", "?"),
        ("a { b } % c # <3", "a { b } % c # <3"),
    ],
)
def test_names_are_filled_in_and_left_out(source: str, text: str) -> None:
    check(source, VALUES)
    assert filled(source, VALUES) == text


@pytest.mark.parametrize("source", ["{{ guest }}", "{% if guest %}x{% endif %}", "{{ self }}", "{{ cycler }}"])
def test_a_name_that_there_is_not_is_refused(source: str) -> None:
    assert wrong(source) == "template-name-unknown"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 7 * 7 }}",
        "{{ 'a' }}",
        "{{ name.upper() }}",
        "{{ name.__class__ }}",
        "{{ name['x'] }}",
        "{{ name | upper }}",
        "{{ name is string }}",
        "{{ name ~ name }}",
        "{{ name if room else name }}",
        "{{ range(9) }}",
        "{{ [name] }}",
        "{% for a in name %}{{ a }}{% endfor %}",
        "{% set a = name %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% extends 'x' %}",
        "{% block b %}{% endblock %}",
        "{% raw %}{{ name }}{% endraw %}{% filter upper %}x{% endfilter %}",
        "{% if not name %}x{% endif %}",
        "{% if name == 'a' %}x{% endif %}",
        "{% if name %}x{% elif room %}y{% endif %}",
        "{% if name %}{% if room %}y{% endif %}{% endif %}",
        "{% if name %}{% else %}{% for a in name %}{% endfor %}{% endif %}",
        "{% with a = name %}{% endwith %}",
        "{% import 'os' as os %}",
    ],
)
def test_nothing_else_is_taken(source: str) -> None:
    assert wrong(source) == "template-forbidden"


@pytest.mark.parametrize(
    "source",
    [
        "{{ name",
        "{{ }}",
        "{% if name %}",
        "{% endif %}",
        "{% if %}x{% endif %}",
        "{# name",
        "{% do name %}",
        "{{ " + "(" * 5_000,
        "{% if name %}" * 700,
        "{{ " + "-" * 9_000 + "name }}",
    ],
)
def test_what_cannot_be_read_is_refused(source: str) -> None:
    assert wrong(source) == "template-broken"


@given(st.lists(st.sampled_from(["{{ name }}", "{{", "}}", "{%", "%}", "if", "else", "endif", " ", "name", "\n", "é"])))
def test_what_is_taken_can_be_filled(parts: list[str]) -> None:
    source = "".join(parts)
    try:
        check(source, VALUES)
    except TemplateWrong:
        return
    filled(source, VALUES)


def problems(
    text: str,
    *,
    subject: str | None = "Avis",
    kind: TemplateKind = TemplateKind.POST_STAY,
    channel: Channel = Channel.EMAIL,
) -> list[tuple[str, str]]:
    template = InvitationTemplate(kind=kind, channel=channel, language="fr", subject=subject, text=text)
    try:
        judged(template, ZOE)
    except InvalidInput as error:
        return [(each.pointer, each.code) for each in error.problems]
    return []


def test_each_flaw_is_pointed_at() -> None:
    assert problems("Votre avis : {{ link }}") == []
    assert problems("Votre avis : {{ link }}", subject=None) == [("/subject", "missing")]
    assert problems("{{ a }}", subject="{{ 1 }}") == [
        ("/subject", "template-forbidden"),
        ("/text", "template-name-unknown"),
    ]


def test_whoever_is_asked_for_a_review_gets_a_link_and_nobody_else() -> None:
    assert problems("Votre avis ?") == [("/text", "link-missing")]
    assert problems("Votre avis ? {% if salutation %}{{ link }}{% endif %}") == [("/text", "link-missing")]
    assert problems("Un rappel", kind=TemplateKind.REMINDER) == [("/text", "link-missing")]
    for sometimes in (
        "{% if first_name %}Ici : {{ link }}{% endif %}",
        "{% if name %}a{% else %}{{ link }}{% endif %}",
    ):
        assert problems(sometimes) == [("/text", "link-missing")], "every guest of the example has a first name"
    for broken in ("{{ link }}{{ last_name }}", "{{ link }}.", "{{ link }}{% if name %} a{% endif %}", "{{ link -}} a"):
        assert problems(broken) == [("/text", "link-missing")], "what stands after it would be part of it"
        assert problems(f"{broken} {{{{ link }}}}") == []
    for whole in (
        "{{ link }}",
        "{{ link }} {{ name }}",
        "{{ link }}\n{% if name %}a{% endif %}",
        "{{ name }} {{link}}",
    ):
        assert problems(whole) == []
    assert problems("À bientôt", kind=TemplateKind.PRE_STAY) == []
    assert problems("Ici : {{ link }}", kind=TemplateKind.PRE_STAY) == [("/text", "template-name-unknown")]


def test_an_sms_has_no_subject_and_a_length() -> None:
    sms = Channel.SMS
    assert problems("{{ link }}", channel=sms) == [("/subject", "subject-misplaced")]
    room = 3 * 153 - len("https://hote.example/i/") - TOKEN_CHARACTERS
    assert problems("a" * room + "{{ link }}", subject=None, channel=sms) == []
    assert problems("a" * room + "b{{ link }}", subject=None, channel=sms) == [("/text", "sms-too-long")]
    assert problems("ж" * (room // 2) + "{{ link }}", subject=None, channel=sms) == [("/text", "sms-too-long")]


def test_the_example_is_as_long_as_what_is_sent() -> None:
    assert len(TOKEN) == TOKEN_CHARACTERS
    assert set(NAMES) == set(ZOE.named(texts_for("fr")))
