"""Commands of the inbox: claim, transfer, delegate, share, hold, note, call, and put away."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from application.caller import Caller
from application.catalogue import employee_at, load_entries
from application.contacts import email_identity
from application.feedback_records import Decision, FeedbackRecord, decide
from application.form import Form
from application.organisation import load_property
from application.ports import Ports
from application.problem_texts import InvalidInput, problem
from domain import access, handling
from domain.access import Right
from domain.catalogue import EmployeeSettings
from domain.feedback import (
    CallOutcome,
    FeedbackDone,
    FeedbackEvent,
    FeedbackMarkedSpam,
)
from domain.handling import Feedback, NoAddress
from domain.property import Email
from domain.prose import Prose


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

    return decide(
        ports, caller, Right.HANDLE_FEEDBACK, feedback_id, decision, words=entry.note is not None, expected=expected
    )


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

    return decide(ports, caller, Right.HANDLE_FEEDBACK, feedback_id, decision, words=True, expected=expected)


def share_feedback(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: ShareEntry, *, expected: int | None = None
) -> int:
    """Informs each of them once by mail and changes nothing, in whatever folder. Raises as transfer_feedback."""
    if not entry.employee_ids and not entry.emails:
        raise InvalidInput([problem("/emails", "missing")])

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        for index, employee_id in enumerate(entry.employee_ids):
            employee_at(ports, caller, employee_id, record.feedback.said.property_id, f"/employee_ids/{index}")
        employee_ids = tuple(dict.fromkeys(entry.employee_ids))
        addresses = tuple({email_identity(address): address for address in entry.emails}.values())
        return handling.share(record.feedback, employee_ids, addresses, entry.note)

    return decide(ports, caller, Right.HANDLE_FEEDBACK, feedback_id, decision, words=True, expected=expected)


def add_note(ports: Ports, caller: Caller, feedback_id: UUID, entry: NoteEntry, *, expected: int | None = None) -> int:
    """Raises FeedbackUnknown, GuestForgotten, VersionMismatch, ConcurrentChange, Forbidden."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        return handling.add_note(record.feedback, entry.text)

    return decide(ports, caller, Right.HANDLE_FEEDBACK, feedback_id, decision, words=True, expected=expected)


def record_call(
    ports: Ports, caller: Caller, feedback_id: UUID, entry: CallEntry, *, expected: int | None = None
) -> int:
    """Raises as add_note, and ClaimTaken where somebody else handles it."""

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        return handling.record_call(record.feedback, entry.outcome, entry.comment)

    return decide(
        ports,
        caller,
        Right.HANDLE_FEEDBACK,
        feedback_id,
        unless_taken(ports, caller, decision),
        words=entry.comment is not None,
        expected=expected,
    )


def unless_taken(ports: Ports, caller: Caller, decision: Decision) -> Decision:
    """For what the guest hears of: not from two people who do not know of each other. It raises ClaimTaken."""

    def decided(record: FeedbackRecord) -> list[FeedbackEvent]:
        claim = record.feedback.claim
        if claim and record.telling(claim).actor != caller.actor:
            _require_unclaimed(ports, caller, record.feedback)
        return decision(record)

    return decided


def _require_unclaimed(ports: Ports, caller: Caller, feedback: Feedback) -> None:
    """Raises ClaimTaken, by the employee's name where it is claimed for one."""
    if feedback.claim and (employee_id := feedback.claim.employee_id):
        known = load_entries(ports, caller.organisation_id, EmployeeSettings, [employee_id])
        if employee_id in known:
            raise handling.taken_by(known[employee_id].settings.name, feedback.claim)
    handling.require_unclaimed(feedback)


def _name_of(ports: Ports, caller: Caller) -> str:
    """What a caller is called to others: the name of their API key."""
    kind, _, id_ = caller.actor.partition(":")
    if kind != "key":
        return caller.actor
    key = access.fold(access.ApiKey(UUID(id_)), (each.event for each in ports.log.stream(UUID(id_))))
    return key.name
