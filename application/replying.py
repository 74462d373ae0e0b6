"""The command that answers a guest by mail, in words or by a template, and to which address."""

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from application.caller import Caller
from application.contacts import email_identity
from application.feedback_records import FeedbackRecord, decide
from application.form import Form
from application.guest_records import who_is
from application.handling import unless_taken
from application.organisation import load_organisation, load_property
from application.ports import Ports
from application.problem_texts import InvalidInput, problem
from domain import handling
from domain.access import Right
from domain.feedback import FeedbackEvent, Letter
from domain.guest import Guest
from domain.handling import Feedback, NoAddress
from domain.label import Label
from domain.organisation import ReplyTemplate, TemplateName
from domain.prose import Prose

_PLACE = re.compile(r"{{\s*(\w+)\s*}}")
"""Where a template has something of the feedback put in."""


class ReplyEntry(Form):
    """The answer in words, or by the name of one of the organisation's templates."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Nous sommes désolés."}]})

    text: Prose | None = None
    template: TemplateName | None = None
    subject: Annotated[Label, Field(max_length=200)] | None = None


def reply_to_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: ReplyEntry, *, expected: int | None = None
) -> int:
    """Writes to an address that is known to be the guest's; where none is, to the one from which a mail came last.

    Raises as record_call, and NoAddress; InvalidInput for a template that there is not, or for what says nothing.
    """
    if (entry.text is None) == (entry.template is None):
        raise InvalidInput([problem("/text", "text-or-template")])

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        letter = _letter(ports, caller, record.feedback, entry)
        return handling.reply(record.feedback, letter, guest_of(ports, record.feedback).sealed_by)

    return decide(
        ports,
        caller,
        Right.HANDLE_FEEDBACK,
        feedback_id,
        unless_taken(ports, caller, decision),
        words=True,
        expected=expected,
    )


def guest_of(ports: Ports, feedback: Feedback) -> Guest:
    """Who said it; one nobody has heard of where no guest is known."""
    if feedback.said.guest_id is None:
        return Guest(feedback.id)
    return who_is(ports.log, feedback.said.guest_id).guest


def known_addresses(guest: Guest, feedback: Feedback) -> Sequence[str]:
    """The e-mail addresses of the guest, the preferred first; without any, the one that came with what was said.

    Who answers from another may be somebody else, to whom the guest handed the mail on.
    """
    profile, words = guest.known.profile, feedback.said.words
    if profile and profile.emails:
        return profile.emails
    return [words.email] if words and words.email else []


def is_among(known: Sequence[str], address: str) -> bool:
    """Whether it is one of these, however it is written."""
    return email_identity(address) in map(email_identity, known)


def _letter(ports: Ports, caller: Caller, feedback: Feedback, entry: ReplyEntry) -> Letter:
    guest, words, last = guest_of(ports, feedback), feedback.said.words, feedback.last_letter
    profile, known = guest.known.profile, known_addresses(guest, feedback)
    if last and (is_among(known, last.address) or not known):
        address = last.address
    elif known:
        address = known[0]
    else:
        raise NoAddress("Nobody knows an e-mail address of who said this.")
    hotel = load_property(ports, caller, feedback.said.property_id)
    if entry.text is not None:
        again = f"Re: {last.subject.removeprefix('Re: ')}" if last else None
        return Letter(address=address, subject=entry.subject or again or hotel.settings.name, text=entry.text)
    wanted = feedback.said.language or guest.known.language or hotel.settings.languages[0]
    template = _template(load_organisation(ports, caller.organisation_id).settings.reply_templates, entry, wanted)
    puts_in = {
        "first_name": (profile and profile.first_name) or "",
        "last_name": profile.last_name if profile else (words and words.author) or "",
        "property": hotel.settings.name,
        "room": feedback.said.room or "",
    }
    subject, text = (
        _PLACE.sub(lambda place: puts_in.get(place[1], place[0]), each) for each in (template.subject, template.text)
    )
    return Letter(address=address, subject=entry.subject or subject, text=text)


def _template(templates: Sequence[ReplyTemplate], entry: ReplyEntry, language: str) -> ReplyTemplate:
    """In the language, else in the first there is. Raises InvalidInput."""
    named = [each for each in templates if each.name == entry.template]
    if not named:
        raise InvalidInput([problem("/template", "template-unknown")])
    return next((each for each in named if each.language.split("-")[0] == language.split("-")[0]), named[0])
