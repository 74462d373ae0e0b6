"""Feedback: a guest's praise, complaint, review or message, and what became of it. Events; decisions: handling.py."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.erasure import WordsErased
from domain.event import Event
from domain.money import GivenItem
from domain.personal import Owner

LARGEST_SCALE = 100


class Origin(StrEnum):
    """Who wrote it down, and where."""

    STAFF = "staff"
    REVIEW = "review"
    MESSAGE = "message"


class Kind(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


class CallOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"
    WRONG_NUMBER = "wrong_number"


class Rating(BaseModel):
    """What a guest gave, of how many at most: 4 of 5. `score` is the same of 10."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: Annotated[Decimal, Field(ge=0, max_digits=5, decimal_places=2)]
    scale: Annotated[int, Field(ge=1, le=LARGEST_SCALE)] = 10

    @model_validator(mode="after")
    def is_within_its_scale(self) -> "Rating":
        if self.given > self.scale:
            raise PydanticCustomError("rating_beyond_scale", "more was given than there is")
        return self

    @property
    def score(self) -> Decimal:
        return self.given * 10 / self.scale


class Words(BaseModel):
    """What was said, and by whom as far as they told; `liked` and `disliked` where a portal asks for them apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    comment: str | None = None
    liked: str | None = None
    disliked: str | None = None
    author: str | None = None
    email: str | None = None


class Letter(BaseModel):
    """A message that went out, or came in; `address` is the other's e-mail address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    subject: str
    text: str
    message_id: str | None = None
    """Of one that came in, as its sender's mail program made it."""


class FeedbackRecorded(Event):
    """A guest praised, complained, reviewed or wrote; `day` is the property's local date then.

    What was said is sealed under the key of `subject_id`: the guest, or the feedback itself where no guest is known.
    `answers` are marks of 1 to 5, by the key of the property's question.
    """

    organisation_id: UUID
    property_id: UUID
    subject_id: UUID
    guest_id: UUID | None = None
    origin: Origin
    kind: Kind
    said_at: datetime
    day: date
    code_id: UUID | None = None
    room: str | None = None
    employee_id: UUID | None = None
    emoji: str | None = None
    rating: Rating | None = None
    answers: Mapping[str, int] = {}
    portal: str | None = None
    language: str | None = None
    alert: bool
    words: Annotated[Words | None, Owner("subject_id")]


class ReviewRevised(Event):
    """The guest changed the review they had written a moment before; it is given whole."""

    subject_id: UUID
    kind: Kind
    rating: Rating
    answers: Mapping[str, int]
    alert: bool
    words: Annotated[Words | None, Owner("subject_id")]


class CompensationProposed(Event):
    """What is to settle the feedback costs more than who proposes it may give: somebody else has to approve it."""

    subject_id: UUID
    currency: str
    items: tuple[GivenItem, ...]
    satisfaction: int | None = None
    comment: Annotated[str | None, Owner("subject_id")]


class CompensationRefused(Event):
    """What was proposed is not to be given."""

    subject_id: UUID
    reason: Annotated[str | None, Owner("subject_id")]


class FeedbackResolved(Event):
    """The feedback was settled, by what was done and given; `day` is the property's local date then.

    `proposed_by` is the actor whose proposal was approved with this.
    """

    subject_id: UUID
    day: date
    currency: str
    items: tuple[GivenItem, ...]
    satisfaction: int | None = None
    proposed_by: str | None = None
    comment: Annotated[str | None, Owner("subject_id")]


class FeedbackReopened(Event):
    """The resolution did not settle it after all; what it gave counts no more."""

    subject_id: UUID
    reason: Annotated[str | None, Owner("subject_id")]


class FeedbackClaimed(Event):
    """Somebody handles it from now on: who has the key named `holder`, or an employee who shares it."""

    employee_id: UUID | None = None
    holder: str


class FeedbackReleased(Event):
    """Nobody handles it in particular any more."""


class FeedbackTransferred(Event):
    """A colleague is to handle it; who had claimed it has it no more."""

    subject_id: UUID
    employee_id: UUID
    note: Annotated[str | None, Owner("subject_id")]


class FeedbackDelegated(Event):
    """Customer service is to handle it, and gets a mail with what was said."""

    subject_id: UUID
    address: Annotated[str | None, Owner("subject_id")]
    note: Annotated[str | None, Owner("subject_id")]


class FeedbackShared(Event):
    """Others were informed by mail of what was said; nothing else changes.

    `recipients` is how many they were, also when the addresses are no longer known.
    """

    subject_id: UUID
    recipients: int
    employee_ids: tuple[UUID, ...]
    addresses: Annotated[tuple[str, ...] | None, Owner("subject_id")]
    note: Annotated[str | None, Owner("subject_id")]


class FeedbackHeld(Event):
    """Handling it waits for something."""

    subject_id: UUID
    note: Annotated[str | None, Owner("subject_id")]


class FeedbackResumed(Event):
    """Handling it waits no more."""


class FeedbackDone(Event):
    """It was handled and nothing is left to do."""


class FeedbackMarkedSpam(Event):
    """It is unwanted or beside the point."""


class FeedbackRestored(Event):
    """It is back in the inbox, from done or spam."""


class NoteAdded(Event):
    """Staff noted something for staff."""

    subject_id: UUID
    text: Annotated[str | None, Owner("subject_id")]


class CallRecorded(Event):
    """Somebody called the guest."""

    subject_id: UUID
    outcome: CallOutcome
    comment: Annotated[str | None, Owner("subject_id")]


class ReplyWritten(Event):
    """An answer to the guest, to be sent by mail. `sealed_by` is a merge: the address can be either of the two's."""

    subject_id: UUID
    sealed_by: UUID | None = None
    letter: Annotated[Letter | None, Owner("sealed_by", otherwise="subject_id")]


class GuestReplied(Event):
    """The guest answered by mail, `sealed_by` as in ReplyWritten."""

    subject_id: UUID
    sealed_by: UUID | None = None
    letter: Annotated[Letter | None, Owner("sealed_by", otherwise="subject_id")]


class MailSent(Event):
    """A mail server took the mail that the event of version `of` asked for, to its recipient of this number."""

    of: int
    recipient: int = 0


class MailFailed(Event):
    """That mail was refused for ever; `status` is the reply code (RFC 5321), 0 where nobody took it in time."""

    of: int
    recipient: int = 0
    status: int


FeedbackEvent = (
    FeedbackRecorded
    | ReviewRevised
    | CompensationProposed
    | CompensationRefused
    | FeedbackResolved
    | FeedbackReopened
    | FeedbackClaimed
    | FeedbackReleased
    | FeedbackTransferred
    | FeedbackDelegated
    | FeedbackShared
    | FeedbackHeld
    | FeedbackResumed
    | FeedbackDone
    | FeedbackMarkedSpam
    | FeedbackRestored
    | NoteAdded
    | CallRecorded
    | ReplyWritten
    | GuestReplied
    | MailSent
    | MailFailed
    | WordsErased
)
