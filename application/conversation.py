"""What a mail does that comes in: a guest's answer goes to the conversation that it belongs to."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from application.caller import Caller
from application.feedback_records import FeedbackRecord, decide, load_feedback
from application.ports import Ports
from domain.access import Right
from domain.event import Event
from domain.feedback import FeedbackEvent, Letter, ReplyWritten
from domain.handling import FeedbackUnknown, guest_replied
from domain.refusal import Refusal

MOST_CONVERSATIONS = 10
"""Of one mail; more are not looked for."""

_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9][0-9]{0,8})@[^<>\s]+>")


class ConversationUnknown(Refusal):
    """The mail answers none that this organisation wrote to a guest."""

    code = "conversation-unknown"


class IncomingMail(NamedTuple):
    """A mail as it was read; None is what it does not tell.

    `answers` are Message-IDs of mails that it answers, with angle brackets, the nearest first. `automatic` is one that
    no person wrote: an absence note, a read receipt, a mailing list.
    """

    address: str | None
    subject: str
    text: str
    message_id: str
    answers: Sequence[str]
    automatic: bool


class Received(NamedTuple):
    """What it was taken for; an ignored one is recorded nowhere."""

    outcome: Literal["replied", "bounced", "complained", "ignored"]
    feedback_id: UUID | None = None
    position: int | None = None
    invitation_id: UUID | None = None


def message_id(feedback_id: UUID, version: int, domain: str, recipient: int = 0) -> str:
    """Of the mail that the event of this version asked for: the same at each attempt to send it."""
    number = f".{recipient}" if recipient else ""
    return f"<{feedback_id}.{version}{number}@{domain}>"


def receive_mail(ports: Ports, caller: Caller, mail: IncomingMail) -> Received:
    """Records what a guest answered; a mail that came before changes nothing, and has the same outcome.

    Raises ConversationUnknown, GuestForgotten, ConcurrentChange, Forbidden.
    """
    caller.require(Right.RECEIVE_MAIL)
    if mail.automatic:
        return Received("ignored")
    feedback_id, reply = _answered(ports, caller, mail.answers)

    def decision(record: FeedbackRecord) -> list[FeedbackEvent]:
        address = mail.address or (reply.letter and reply.letter.address) or ""
        letter = Letter(address=address, subject=mail.subject, text=mail.text, message_id=mail.message_id)
        return guest_replied(record.feedback, letter)

    position = decide(ports, caller, Right.RECEIVE_MAIL, feedback_id, decision, words=True)
    return Received("replied", feedback_id, position)


def _answered(ports: Ports, caller: Caller, answers: Iterable[str]) -> tuple[UUID, ReplyWritten]:
    """The feedback, and the reply to its guest that the mail answers. Raises ConversationUnknown.

    Mails to colleagues have such ids too, and what they answer is not from the guest.
    """
    ours = [(UUID(found[1]), int(found[2])) for each in answers if (found := _OURS.fullmatch(each))]
    for feedback_id, version in list(dict.fromkeys(ours))[:MOST_CONVERSATIONS]:
        try:
            recorded = load_feedback(ports, caller, feedback_id).recorded
        except FeedbackUnknown:
            continue
        asked: Event | None = recorded[version - 1].event if version <= len(recorded) else None
        if isinstance(asked, ReplyWritten):
            return feedback_id, asked
    raise ConversationUnknown("The mail answers none that your organisation wrote to a guest.")
