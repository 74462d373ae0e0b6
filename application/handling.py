"""Commands of the inbox: claim, transfer, delegate, share, hold, note, call, answer, and put away."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from application.caller import Caller
from application.catalogue import employee_at, load_entries
from application.feedback import FeedbackRecord, Form, decide
from application.guests import InvalidInput
from application.organisation import load_organisation, load_property
from application.ports import Ports
from application.problem_texts import problem
from domain import access, handling
from domain import guest as guests
from domain.access import Right
from domain.catalogue import EmployeeSettings
from domain.feedback import (
    CallOutcome,
    FeedbackDone,
    FeedbackEvent,
    FeedbackMarkedSpam,
    Letter,
)
from domain.guest import Guest
from domain.handling import Feedback, NoAddress
from domain.label import Label
from domain.organisation import ReplyTemplate
from domain.property import Email
from domain.prose import Prose

_PLACE = re.compile(r"{{\s*(\w+)\s*}}")
"""Where a template has something of the feedback put in."""


class NoteEntry(Form):
    """For staff alone; a guest never sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Rappeler demain avant midi"}]})

    text: Prose


class CallEntry(Form):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "reached", "comment": "S'est dit satisfait"}]}
    )

    outcome: CallOutcome
    comment: Prose | None = None


class HoldEntry(Form):
    """What it waits for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Attend la réponse du plombier"}]})

    note: Prose | None = None


class TransferEntry(Form):
    """The colleague gets a mail, where the catalogue of employees has an address of theirs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"employee_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b05"}]})

    employee_id: UUID
    note: Prose | None = None


class DelegateEntry(Form):
    """Without an address it is the one of the property's customer service."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Client fidèle"}]})

    email: Email | None = None
    note: Prose | None = None


class ShareEntry(Form):
    """At least one of those who are informed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"emails": ["direction@example.com"]}]})

    employee_ids: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()
    emails: Annotated[tuple[Email, ...], Field(max_length=20)] = ()
    note: Prose | None = None


class ReplyEntry(Form):
    """The answer in words, or by the name of one of the organisation's templates."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Nous sommes désolés."}]})

    text: Prose | None = None
    template: Annotated[Label, Field(max_length=80)] | None = None
    subject: Annotated[Label, Field(max_length=200)] | None = None


def claim_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, employee_id: UUID | None, *, expected: int | None = None
) -> int:
    """The first who claims it has it. `employee_id` says for whom, where several share a key.

    Raises FeedbackUnknown, ClaimTaken, WrongFolder, InvalidInput, VersionMismatch, ConcurrentChange, Forbidden.
    """

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        _require_unclaimed(ports, caller, record.feedback)
        if employee_id:
            employee_at(ports, caller, employee_id, record.feedback.said.property_id, "/employee_id")
        return handling.claim(record.feedback, _name_of(ports, caller), employee_id)

    return decide(ports, caller, Right.HANDLE_FEEDBACK, feedback_id, decision, words=False, expected=expected)


Step = Callable[[Feedback], list[FeedbackEvent]]
STEPS: Mapping[str, Step] = {
    "release": handling.release,
    "resume": handling.resume,
    "done": partial(handling.put_away, kind=FeedbackDone),
    "spam": partial(handling.put_away, kind=FeedbackMarkedSpam),
    "restore": handling.restore,
}
"""What needs nothing to be said; anybody who handles feedback may do it, also when another has claimed it."""


def step(ports: Ports, caller: Caller, feedback_id: UUID, name: str, *, expected: int | None = None) -> int:
    """Takes one of STEPS. Raises FeedbackUnknown, VersionMismatch, ConcurrentChange, Forbidden."""
    return decide(
        ports,
        caller,
        Right.HANDLE_FEEDBACK,
        feedback_id,
        lambda record: STEPS[name](record.feedback),
        words=False,
        expected=expected,
    )


def hold_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: HoldEntry, *, expected: int | None = None
) -> int:
    """Raises FeedbackUnknown, WrongFolder, GuestForgotten where there is a note, VersionMismatch, Forbidden."""
    return decide(
        ports,
        caller,
        Right.HANDLE_FEEDBACK,
        feedback_id,
        lambda record: handling.hold(record.feedback, entry.note),
        words=entry.note is not None,
        expected=expected,
    )


def transfer_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: TransferEntry, *, expected: int | None = None
) -> int:
    """Raises FeedbackUnknown, WrongFolder, InvalidInput, GuestForgotten, VersionMismatch, Forbidden."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        employee_at(ports, caller, entry.employee_id, record.feedback.said.property_id, "/employee_id")
        return handling.transfer(record.feedback, entry.employee_id, entry.note)

    return _handle(ports, caller, feedback_id, decision, entry.note is not None, expected)


def delegate_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: DelegateEntry, *, expected: int | None = None
) -> int:
    """Raises as transfer_feedback, and NoAddress where the property has no customer service."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        hotel = load_property(ports, caller, record.feedback.said.property_id)
        address = entry.email or hotel.settings.feedback.customer_service_email
        if address is None:
            raise NoAddress("The property's settings name no address of its customer service.")
        return handling.delegate(record.feedback, address, entry.note)

    return _handle(ports, caller, feedback_id, decision, True, expected)


def share_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: ShareEntry, *, expected: int | None = None
) -> int:
    """Informs by mail and changes nothing, in whatever folder. Raises as transfer_feedback."""
    if not entry.employee_ids and not entry.emails:
        raise InvalidInput([problem("/emails", "missing")])

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        for index, employee_id in enumerate(entry.employee_ids):
            employee_at(ports, caller, employee_id, record.feedback.said.property_id, f"/employee_ids/{index}")
        return handling.share(record.feedback, entry.employee_ids, entry.emails, entry.note)

    return _handle(ports, caller, feedback_id, decision, True, expected)


def add_note(ports: Ports, caller: Caller, feedback_id: UUID, entry: NoteEntry, *, expected: int | None = None) -> int:
    """Raises FeedbackUnknown, GuestForgotten, VersionMismatch, ConcurrentChange, Forbidden."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        return handling.add_note(record.feedback, entry.text)

    return _handle(ports, caller, feedback_id, decision, True, expected)


def record_call(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: CallEntry, *, expected: int | None = None
) -> int:
    """Raises as add_note, and ClaimTaken where somebody else handles it."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        return handling.record_call(record.feedback, entry.outcome, entry.comment)

    return _answer(ports, caller, feedback_id, decision, entry.comment is not None, expected)


def reply_to_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: ReplyEntry, *, expected: int | None = None
) -> int:
    """Writes to whom wrote last, else to the guest, else to the address that came with a review.

    Raises as record_call, and NoAddress; InvalidInput for a template that there is not, or for what says nothing.
    """
    if (entry.text is None) == (entry.template is None):
        raise InvalidInput([problem("/text", "text-or-template")])

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        return handling.reply(record.feedback, _letter(ports, caller, record.feedback, entry))

    return _answer(ports, caller, feedback_id, decision, True, expected)


def _handle(
    ports: Ports,
    caller: Caller,
    feedback_id: UUID,
    decision: Callable[[FeedbackRecord], list[FeedbackEvent]],
    words: bool,
    expected: int | None,
) -> int:
    return decide(ports, caller, Right.HANDLE_FEEDBACK, feedback_id, decision, words=words, expected=expected)


def _answer(
    ports: Ports,
    caller: Caller,
    feedback_id: UUID,
    decision: Callable[[FeedbackRecord], list[FeedbackEvent]],
    words: bool,
    expected: int | None,
) -> int:
    """As _handle, for what the guest hears of: not from two people who do not know of each other."""

    def unless_taken(record: FeedbackRecord) -> list[FeedbackEvent]:
        claim = record.feedback.claim
        if claim and record.telling(claim).actor != caller.actor:
            _require_unclaimed(ports, caller, record.feedback)
        return decision(record)

    return _handle(ports, caller, feedback_id, unless_taken, words, expected)


def _require_unclaimed(ports: Ports, caller: Caller, feedback: Feedback) -> None:
    """Raises ClaimTaken, by the employee's name where it is claimed for one."""
    if feedback.claim and (employee_id := feedback.claim.employee_id):
        known = load_entries(ports, caller.organisation_id, EmployeeSettings, [employee_id])
        if employee_id in known:
            raise handling.taken_by(known[employee_id].settings.name, feedback.claim)
    handling.require_unclaimed(feedback)


def _guest(ports: Ports, feedback: Feedback) -> Guest:
    if feedback.said.guest_id is None:
        return Guest(feedback.id)
    return guests.fold(Guest(feedback.said.guest_id), (each.event for each in ports.log.stream(feedback.said.guest_id)))


def _letter(ports: Ports, caller: Caller, feedback: Feedback, entry: ReplyEntry) -> Letter:
    guest = _guest(ports, feedback)
    words, profile, last = feedback.said.words, guest.known.profile, feedback.last_letter
    known = [last.address] if last else []
    known += profile.emails[:1] if profile else []
    known += [words.email] if words and words.email else []
    if not known:
        raise NoAddress("Nobody knows an e-mail address of who said this.")
    hotel = load_property(ports, caller, feedback.said.property_id)
    if entry.text is not None:
        again = f"Re: {last.subject.removeprefix('Re: ')}" if last else None
        return Letter(address=known[0], subject=entry.subject or again or hotel.settings.name, text=entry.text)
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
    return Letter(address=known[0], subject=entry.subject or subject, text=text)


def _template(templates: Sequence[ReplyTemplate], entry: ReplyEntry, language: str) -> ReplyTemplate:
    """In the language, else in the first there is. Raises InvalidInput."""
    named = [each for each in templates if each.name == entry.template]
    if not named:
        raise InvalidInput([problem("/template", "template-unknown")])
    return next((each for each in named if each.language.split("-")[0] == language.split("-")[0]), named[0])


def _name_of(ports: Ports, caller: Caller) -> str:
    """What a caller is called to others: the name of their API key."""
    kind, _, id_ = caller.actor.partition(":")
    if kind != "key":
        return caller.actor
    key = access.fold(access.ApiKey(UUID(id_)), (each.event for each in ports.log.stream(UUID(id_))))
    return key.name
