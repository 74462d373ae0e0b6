"""How a feedback is handled: its state, and the decisions on who has it, where it is and what is answered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from domain.erasure import WordsErased
from domain.event import Event, Place
from domain.feedback import (
    CallOutcome,
    CallRecorded,
    CompensationProposed,
    CompensationRefused,
    FeedbackClaimed,
    FeedbackDelegated,
    FeedbackDone,
    FeedbackEvent,
    FeedbackHeld,
    FeedbackMarkedSpam,
    FeedbackRecorded,
    FeedbackReleased,
    FeedbackReopened,
    FeedbackResolved,
    FeedbackRestored,
    FeedbackResumed,
    FeedbackShared,
    FeedbackTransferred,
    GuestReplied,
    Kind,
    Letter,
    MailFailed,
    MailSent,
    NoteAdded,
    Origin,
    ReplyWritten,
    ReviewRevised,
)
from domain.refusal import Refusal


class Folder(StrEnum):
    INBOX = "inbox"
    DONE = "done"
    SPAM = "spam"


class Category(StrEnum):
    """What a feedback is to be handled as, the most urgent first."""

    ON_HOLD = "on_hold"
    ALERT = "alert"
    NEW = "new"


class FeedbackUnknown(Refusal):
    """There is no such feedback in this organisation, or not for this caller."""

    code = "not-found"


class ClaimTaken(Refusal):
    """Somebody handles it already; `members` say who."""

    code = "claim-taken"


class WrongFolder(Refusal):
    """The action is not one for where the feedback is now."""

    code = "feedback-state"


class NoAddress(Refusal):
    """Nobody knows an e-mail address to write to."""

    code = "no-address"


NOBODY = UUID(int=0)
NOTHING_SAID = FeedbackRecorded(
    originator_id=NOBODY,
    originator_version=0,
    organisation_id=NOBODY,
    property_id=NOBODY,
    subject_id=NOBODY,
    origin=Origin.STAFF,
    kind=Kind.POSITIVE,
    said_at=datetime.min.replace(tzinfo=UTC),
    day=date.min,
    alert=False,
    words=None,
)


@dataclass(frozen=True)
class Feedback:
    """A feedback as its events tell it; version 0 is one nobody has heard of."""

    id: UUID
    version: int = 0
    said: FeedbackRecorded = NOTHING_SAID
    resolution: FeedbackResolved | None = None
    proposal: CompensationProposed | None = None
    folder: Folder = Folder.INBOX
    held: bool = False
    claim: FeedbackClaimed | None = None
    assigned_to: UUID | None = None
    delegated_to: str | None = None
    last_letter: Letter | None = None
    """The last that the guest wrote by mail."""
    received: frozenset[str] = frozenset()
    """The Message-IDs of all they wrote."""
    erasure_id: UUID | None = None

    @property
    def subject_id(self) -> UUID:
        return self.said.subject_id

    @property
    def next_place(self) -> Place:
        return Place(originator_id=self.id, originator_version=self.version + 1)


def evolve(feedback: Feedback, event: FeedbackEvent) -> Feedback:
    feedback = replace(feedback, version=event.originator_version)
    match event:
        case FeedbackRecorded():
            return replace(feedback, said=event)
        case ReviewRevised():
            told = {name: getattr(event, name) for name in ("kind", "rating", "answers", "alert", "words")}
            back = event.alert and not feedback.said.alert and feedback.folder is Folder.DONE
            folder = Folder.INBOX if back else feedback.folder
            return replace(feedback, said=feedback.said.model_copy(update=told), folder=folder)
        case CompensationProposed():
            return replace(feedback, proposal=event)
        case CompensationRefused():
            return replace(feedback, proposal=None)
        case FeedbackResolved():
            return replace(_put_away(feedback, Folder.DONE), resolution=event, proposal=None)
        case FeedbackReopened():
            return replace(feedback, resolution=None, folder=Folder.INBOX)
        case FeedbackClaimed():
            return replace(feedback, claim=event)
        case FeedbackReleased():
            return replace(feedback, claim=None)
        case FeedbackTransferred():
            return replace(feedback, claim=None, assigned_to=event.employee_id)
        case FeedbackDelegated():
            return replace(feedback, claim=None, delegated_to=event.address)
        case FeedbackHeld():
            return replace(feedback, held=True)
        case FeedbackResumed():
            return replace(feedback, held=False)
        case FeedbackDone():
            return _put_away(feedback, Folder.DONE)
        case FeedbackMarkedSpam():
            return _put_away(feedback, Folder.SPAM)
        case FeedbackRestored():
            return replace(feedback, folder=Folder.INBOX)
        case GuestReplied():
            known = {event.letter.message_id} if event.letter and event.letter.message_id else set()
            folder = Folder.SPAM if feedback.folder is Folder.SPAM else Folder.INBOX
            return replace(feedback, last_letter=event.letter, received=feedback.received | known, folder=folder)
        case WordsErased():
            return replace(feedback, erasure_id=event.erasure_id)
        case FeedbackShared() | NoteAdded() | CallRecorded() | ReplyWritten() | MailSent() | MailFailed():
            return feedback


def _put_away(feedback: Feedback, folder: Folder) -> Feedback:
    return replace(feedback, folder=folder, held=False, claim=None)


def fold(feedback: Feedback, events: Iterable[Event]) -> Feedback:
    """An id that is another kind of stream's folds to a feedback nobody has heard of."""
    for event in events:
        if not isinstance(event, FeedbackEvent):
            return Feedback(feedback.id)
        feedback = evolve(feedback, event)
    return feedback


def claim(feedback: Feedback, holder: str, employee_id: UUID | None) -> list[FeedbackEvent]:
    """Raises ClaimTaken, also for who has it already, and WrongFolder."""
    require_unclaimed(feedback)
    require_folder(feedback, Folder.INBOX)
    return [FeedbackClaimed(**feedback.next_place, employee_id=employee_id, holder=holder)]


def release(feedback: Feedback) -> list[FeedbackEvent]:
    """Nothing when nobody has it."""
    if feedback.claim is None:
        return []
    return [FeedbackReleased(**feedback.next_place)]


def hold(feedback: Feedback, note: str | None) -> list[FeedbackEvent]:
    """Nothing when it is on hold already. Raises WrongFolder."""
    require_folder(feedback, Folder.INBOX)
    if feedback.held:
        return []
    return [FeedbackHeld(**feedback.next_place, subject_id=feedback.subject_id, note=note)]


def resume(feedback: Feedback) -> list[FeedbackEvent]:
    """Nothing when it is not on hold."""
    if not feedback.held:
        return []
    return [FeedbackResumed(**feedback.next_place)]


def put_away(feedback: Feedback, kind: type[FeedbackDone] | type[FeedbackMarkedSpam]) -> list[FeedbackEvent]:
    """Nothing when it is where it is to be."""
    if feedback.folder is (Folder.DONE if kind is FeedbackDone else Folder.SPAM):
        return []
    return [kind(**feedback.next_place)]


def restore(feedback: Feedback) -> list[FeedbackEvent]:
    """Nothing when it is in the inbox."""
    if feedback.folder is Folder.INBOX:
        return []
    return [FeedbackRestored(**feedback.next_place)]


def guest_replied(feedback: Feedback, letter: Letter, sealed_by: UUID | None = None) -> list[FeedbackEvent]:
    """Nothing when the same letter came before; `sealed_by` as for a reply."""
    if letter.message_id in feedback.received:
        return []
    subject_id = feedback.subject_id
    return [GuestReplied(**feedback.next_place, subject_id=subject_id, sealed_by=sealed_by, letter=letter)]


def require_unclaimed(feedback: Feedback) -> None:
    if feedback.claim:
        raise taken_by(feedback.claim.holder, feedback.claim)


def taken_by(holder: str, claim: FeedbackClaimed) -> ClaimTaken:
    employee = {"employee_id": str(claim.employee_id)} if claim.employee_id else {}
    return ClaimTaken(f"{holder} handles this feedback already.", holder=holder, **employee)


def require_folder(feedback: Feedback, folder: Folder) -> None:
    if feedback.folder is not folder:
        raise WrongFolder(f"This feedback is in {feedback.folder}; restore it first.", folder=feedback.folder)


def transfer(feedback: Feedback, employee_id: UUID, note: str | None) -> list[FeedbackEvent]:
    """Raises WrongFolder."""
    require_folder(feedback, Folder.INBOX)
    return [
        FeedbackTransferred(**feedback.next_place, subject_id=feedback.subject_id, employee_id=employee_id, note=note)
    ]


def delegate(feedback: Feedback, address: str, note: str | None) -> list[FeedbackEvent]:
    """Raises WrongFolder."""
    require_folder(feedback, Folder.INBOX)
    return [FeedbackDelegated(**feedback.next_place, subject_id=feedback.subject_id, address=address, note=note)]


def share(
    feedback: Feedback, employee_ids: tuple[UUID, ...], addresses: tuple[str, ...], note: str | None
) -> list[FeedbackEvent]:
    """A mail for each who is named; none is named twice."""
    return [
        FeedbackShared(
            **feedback.next_place,
            subject_id=feedback.subject_id,
            employee_ids=employee_ids,
            addresses=addresses,
            recipients=len(employee_ids) + len(addresses),
            note=note,
        )
    ]


def add_note(feedback: Feedback, text: str) -> list[FeedbackEvent]:
    return [NoteAdded(**feedback.next_place, subject_id=feedback.subject_id, text=text)]


def record_call(feedback: Feedback, outcome: CallOutcome, comment: str | None) -> list[FeedbackEvent]:
    return [CallRecorded(**feedback.next_place, subject_id=feedback.subject_id, outcome=outcome, comment=comment)]


def reply(feedback: Feedback, letter: Letter, sealed_by: UUID | None = None) -> list[FeedbackEvent]:
    """`sealed_by` is the merge that is in force where the guest is one with another."""
    subject_id = feedback.subject_id
    return [ReplyWritten(**feedback.next_place, subject_id=subject_id, sealed_by=sealed_by, letter=letter)]
