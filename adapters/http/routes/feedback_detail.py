"""How one feedback reads: as in lists, and with its resolution, its conversation and everything that was done."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import etag
from adapters.http.routes.feedback_summary import EXAMPLE, FeedbackSummary
from adapters.http.routes.given_view import GivenView
from application.caller import Caller
from application.feedback_records import FeedbackRecord, read_feedback
from application.history import told
from application.organisation import load_organisation, load_property
from application.replying import guest_of, is_among, known_addresses
from domain.event import Recorded
from domain.feedback import (
    CallOutcome,
    CallRecorded,
    CompensationProposed,
    FeedbackResolved,
    GuestReplied,
    MailFailed,
    MailSent,
    NoteAdded,
    ReplyWritten,
)
from domain.money import Money, total
from domain.policies.compensation import CompensationLimits, who_may
from projections.inbox.panel import panel
from projections.inbox.queries import item_of
from projections.settings.properties import PropertyClock


class SettlementView(BaseModel):
    """What is done and given; `comment` is null once who said it was forgotten."""

    items: list[GivenView]
    total: Money
    satisfaction: int | None
    comment: str | None

    @classmethod
    def of(cls, event: FeedbackResolved | CompensationProposed, **more: object) -> Self:
        """`more` are the fields of a subclass."""
        return cls.model_validate(
            {
                "items": [GivenView.of(item, event.currency) for item in event.items],
                "total": Money(amount=total(event.items), currency=event.currency),
                "satisfaction": event.satisfaction,
                "comment": event.comment,
                **more,
            }
        )


class ResolutionView(SettlementView):
    """`day` is the property's local date; `proposed_by` is who proposed what `resolved_by` approved."""

    day: date
    resolved_at: datetime
    resolved_by: str
    proposed_by: str | None


class ProposalView(SettlementView):
    """A compensation that waits for one of the `roles` to approve or refuse it."""

    proposed_at: datetime
    proposed_by: str
    roles: list[str]


class MessageView(BaseModel):
    """A mail to or from the guest, or a call to them. `state` is that of a mail that goes out.

    `known` is whether a mail that came in is from an address that is known to be the guest's; others may be anyone's,
    and are written to only where none is known.
    """

    at: datetime
    by: str | None
    type: Literal["reply", "letter", "call"]
    address: str | None = None
    subject: str | None = None
    text: str | None
    known: bool | None = None
    state: Literal["queued", "sent", "failed"] | None = None
    outcome: CallOutcome | None = None


class NoteView(BaseModel):
    at: datetime
    by: str
    text: str | None


class ActionView(BaseModel):
    """One thing that was done, by whom and when; `data` as the event of this `type` tells it."""

    at: datetime
    by: str
    type: str
    version: int
    data: dict[str, object]


OF_ALL = ("organisation_id", "property_id", "subject_id")
"""Fields of events that are the same for everything about one feedback."""

MORE: JsonDict = {
    "answers": {"cleanliness": 2},
    "marks": ["alert"],
    "panel": {"stays": 2, "language": "fr"},
    "resolution": {
        "items": [
            {
                "item_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b02",
                "quantity": 1,
                "unit_value": {"amount": 1250, "currency": "EUR"},
                "value": {"amount": 1250, "currency": "EUR"},
            }
        ],
        "total": {"amount": 1250, "currency": "EUR"},
        "satisfaction": 4,
        "comment": "Changement de chambre, petit déjeuner offert",
        "day": "2026-11-19",
        "resolved_at": "2026-11-19T08:10:00Z",
        "resolved_by": "key:0199f3c1-9a10-7f2e-9d6f-7f1f5a0d2b03",
        "proposed_by": None,
    },
    "proposal": None,
    "conversation": [],
    "notes": [],
    "actions": [
        {
            "at": "2026-11-19T07:52:00Z",
            "by": "key:0199f3c1-9a10-7f2e-9d6f-7f1f5a0d2b03",
            "type": "NoteAdded",
            "version": 2,
            "data": {"text": "À suivre"},
        }
    ],
}


class FeedbackView(FeedbackSummary):
    """A feedback with all that was done about it, oldest first.

    `answers` are marks of 1 to 5, by the keys of the property's questions.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE, **MORE}]})

    answers: dict[str, int]
    panel: dict[str, object]
    resolution: ResolutionView | None
    proposal: ProposalView | None
    conversation: list[MessageView]
    notes: list[NoteView]
    actions: list[ActionView]


def shown(hote: Hote, caller: Caller, feedback_id: UUID, response: Response) -> FeedbackView:
    """The feedback as the log tells it, never behind a command on it; names of code and guest as lists know them."""
    record = read_feedback(hote.ports, caller, feedback_id)
    response.headers[HOTE_POSITION] = str(record.position)
    response.headers["ETag"] = etag(record.feedback.version)
    feedback, now = record.feedback, hote.ports.now()
    settings = load_property(hote.ports, caller, feedback.said.property_id).settings
    clock = PropertyClock(settings.zone, settings.feedback)
    chosen = load_organisation(hote.ports, caller.organisation_id).settings
    addresses = known_addresses(guest_of(hote.ports, feedback), feedback) if feedback.last_letter else ()
    with hote.pool.connection() as connection:
        item = item_of(connection, record.recorded)
    return FeedbackView.of(
        item,
        clock,
        now,
        answers=feedback.said.answers,
        panel=panel(chosen.panel_attributes, chosen.profile_fields, item, clock.today(now)),
        resolution=_resolution(record),
        proposal=_proposal(record, settings.feedback.compensation_limits),
        conversation=_conversation(record.recorded, addresses),
        notes=[
            NoteView(at=each.recorded_at, by=each.actor, text=each.event.text)
            for each in record.recorded
            if isinstance(each.event, NoteAdded)
        ],
        actions=[
            ActionView(
                at=each.recorded_at,
                by=each.actor,
                type=type(each.event).__name__,
                version=each.event.originator_version,
                data={name: value for name, value in told(each.event).items() if name not in OF_ALL},
            )
            for each in record.recorded
        ],
    )


def _resolution(record: FeedbackRecord) -> ResolutionView | None:
    event = record.feedback.resolution
    if event is None:
        return None
    recorded = record.telling(event)
    return ResolutionView.of(
        event,
        day=event.day,
        resolved_at=recorded.recorded_at,
        resolved_by=recorded.actor,
        proposed_by=event.proposed_by,
    )


def _proposal(record: FeedbackRecord, limits: CompensationLimits) -> ProposalView | None:
    event = record.feedback.proposal
    if event is None:
        return None
    recorded = record.telling(event)
    return ProposalView.of(
        event,
        proposed_at=recorded.recorded_at,
        proposed_by=recorded.actor,
        roles=list(who_may(limits, total(event.items))),
    )


def _conversation(recorded: Sequence[Recorded], known: Sequence[str]) -> list[MessageView]:
    outcomes = {each.event.of: each.event for each in recorded if isinstance(each.event, MailSent | MailFailed)}
    messages = []
    for each in recorded:
        match each.event:
            case ReplyWritten(letter=letter, originator_version=version):
                outcome = outcomes.get(version)
                messages.append(
                    MessageView(
                        at=each.recorded_at,
                        by=each.actor,
                        type="reply",
                        address=letter and letter.address,
                        subject=letter and letter.subject,
                        text=letter and letter.text,
                        state="queued" if outcome is None else "sent" if isinstance(outcome, MailSent) else "failed",
                    )
                )
            case GuestReplied(letter=letter):
                messages.append(
                    MessageView(
                        at=each.recorded_at,
                        by=None,
                        type="letter",
                        known=is_among(known, letter.address) if letter else None,
                        address=letter and letter.address,
                        subject=letter and letter.subject,
                        text=letter and letter.text,
                    )
                )
            case CallRecorded(outcome=outcome_, comment=comment):
                messages.append(
                    MessageView(at=each.recorded_at, by=each.actor, type="call", text=comment, outcome=outcome_)
                )
    return messages
