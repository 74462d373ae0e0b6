"""Judges a template by what it would become: an organisation learns what is wrong with one when it writes it."""

from datetime import date

from adapters.invitations.words.rendering import Rendered, Values, written
from adapters.invitations.words.sandbox import TemplateWrong, check, stands_apart
from adapters.sms.segments import segments
from application.problem_texts import InvalidInput, problem
from domain.invitation_template import InvitationTemplate, TemplateKind
from domain.property import Channel

MOST_SEGMENTS = 3
TOKEN = "example" * 6 + "abc"
"""Of the length that those in links have."""
NAMES = ("name", "salutation", "first_name", "last_name", "property", "arrival", "departure", "link", "unsubscribe")
"""What can stand in a template; the link in none before a stay, when there is nothing to review."""


def example(name: str, public_url: str) -> Values:
    """Somebody who stays at a property of this name, for whoever wants to see what becomes of a template."""
    return Values(
        property=name,
        salutation=None,
        first_name="Zoé",
        last_name="Lefèvre",
        arrival=date(2026, 11, 18),
        departure=date(2026, 11, 21),
        link=f"{public_url}/i/{TOKEN}",
        unsubscribe=f"{public_url}/u/{TOKEN}",
    )


def judged(template: InvitationTemplate, values: Values) -> Rendered:
    """What becomes of it with these values. Raises InvalidInput."""
    asks = template.kind is not TemplateKind.PRE_STAY
    names = [name for name in NAMES if asks or name != "link"]
    problems = []
    if template.channel is Channel.EMAIL and template.subject is None:
        problems.append(problem("/subject", "missing"))
    if template.channel is Channel.SMS and template.subject is not None:
        problems.append(problem("/subject", "subject-misplaced"))
    for pointer, source in (("/subject", template.subject), ("/text", template.text)):
        try:
            check(source or "", names)
        except TemplateWrong as error:
            problems.append(problem(pointer, error.code))
    if problems:
        raise InvalidInput(problems)
    rendered = written(template, values)
    if asks and not stands_apart(template.text, "link"):
        problems.append(problem("/text", "link-missing"))
    if template.channel is Channel.SMS and segments(rendered.text) > MOST_SEGMENTS:
        problems.append(problem("/text", "sms-too-long"))
    if problems:
        raise InvalidInput(problems)
    return rendered
