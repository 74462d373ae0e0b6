"""What a mail does that comes in: a guest's answer goes to the conversation that it belongs to, or begins one."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from application.caller import Caller
from application.feedback_records import decide, load_feedback
from application.guest_records import who_has
from application.invitation_ids import read_message_id
from application.invitation_records import load_invitation, who_answers
from application.organisation import load_property
from application.ports import Ports
from application.races import persistently
from application.replying import guest_of
from domain import handling
from domain.access import Right
from domain.feedback import FeedbackRecorded, Kind, Letter, Origin, ReplyWritten, Words
from domain.guest import GuestForgotten
from domain.handling import Feedback, FeedbackUnknown, guest_replied
from domain.inviting import Invitation, InvitationUnknown
from domain.refusal import Refusal

MOST_ANSWERED = 10
"""Mails that one mail can answer; more are not looked for."""


class ConversationUnknown(Refusal):
    """The mail answers none that this organisation wrote to a guest."""

    code = "conversation-unknown"


class IncomingMail(NamedTuple):
    """A mail as it was read; None is what it does not tell.

    `answers` are Message-IDs of mails that it answers, with angle brackets, the nearest first; `return_tokens` those of
    our return paths that it went to. `automatic` is one that no person wrote: an absence note, a read receipt, a
    mailing list.
    """

    address: str | None
    subject: str
    text: str
    message_id: str
    answers: Sequence[str]
    return_tokens: Sequence[str]
    automatic: bool

    def letter(self, written_to: str | None) -> Letter:
        """Who does not tell their address is taken for whom we wrote to."""
        return Letter(
            address=self.address or written_to or "", subject=self.subject, text=self.text, message_id=self.message_id
        )


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


def receive_mail(ports: Ports, caller: Caller, mail: IncomingMail, returned: Iterable[UUID]) -> Received:
    """Records what a guest answered; a mail that came before changes nothing, and has the same outcome.

    `returned` are the invitations to whose return paths it went. Raises ConversationUnknown, GuestForgotten,
    ConcurrentChange, Forbidden.
    """
    caller.require(Right.RECEIVE_MAIL)
    if mail.automatic:
        return Received("ignored")
    answered = [found for each in mail.answers if (found := read_message_id(each))]
    answered += [(id_, 0) for id_ in returned]
    for id_, number in list(dict.fromkeys(answered))[:MOST_ANSWERED]:
        try:
            return _to_reply(ports, caller, id_, number, mail)
        except FeedbackUnknown:
            pass
        try:
            return _to_invitation(ports, caller, id_, mail)
        except InvitationUnknown:
            continue
    raise ConversationUnknown("The mail answers none that your organisation wrote to a guest.")


def _to_reply(ports: Ports, caller: Caller, feedback_id: UUID, version: int, mail: IncomingMail) -> Received:
    """Raises FeedbackUnknown, also where the event of this version is no reply to the guest.

    Mails to colleagues have such ids too, and what they answer is not from the guest.
    """
    recorded = load_feedback(ports, caller, feedback_id).recorded
    reply = recorded[version - 1].event if 0 < version <= len(recorded) else None
    if not isinstance(reply, ReplyWritten):
        raise FeedbackUnknown("No reply to a guest has this Message-ID.")
    letter = mail.letter(reply.letter.address if reply.letter else None)
    position = decide(
        ports,
        caller,
        Right.RECEIVE_MAIL,
        feedback_id,
        lambda record: guest_replied(record.feedback, letter, guest_of(ports, record.feedback).sealed_by),
        words=True,
    )
    return Received("replied", feedback_id, position)


def _to_invitation(ports: Ports, caller: Caller, invitation_id: UUID, mail: IncomingMail) -> Received:
    """All answers to one invitation are one conversation, the first of them also what it is about.

    Raises InvitationUnknown.
    """
    invitation = load_invitation(ports, caller, invitation_id).invitation
    letter = mail.letter(invitation.sent.address if invitation.sent else None)
    # A UUIDv7 that follows from the invitation: a mail that is handed over twice at once begins one conversation.
    feedback_id = UUID(int=invitation_id.int ^ 1)

    def attempt() -> int:
        recorded = ports.log.stream(feedback_id)
        feedback = handling.fold(Feedback(feedback_id), (each.event for each in recorded))
        said = _said(ports, caller, feedback_id, invitation, mail)
        begun = [] if recorded else [said]
        feedback = handling.fold(feedback, begun)
        events = [*begun, *guest_replied(feedback, letter, guest_of(ports, feedback).sealed_by)]
        metadata = caller.metadata(said.said_at, property_id=said.property_id)
        return ports.log.append(events, metadata) if events else recorded[-1].position

    return Received("replied", feedback_id, persistently(attempt), invitation_id)


def _said(
    ports: Ports, caller: Caller, feedback_id: UUID, invitation: Invitation, mail: IncomingMail
) -> FeedbackRecorded:
    """The mail as a feedback of who was invited; no complaint, for nobody rated anything.

    Raises GuestForgotten.
    """
    about, guest = invitation.about, who_answers(ports.log, invitation)
    if guest.anonymised or not guest.exists:
        raise GuestForgotten("Who was invited was forgotten; nothing more can be written of them.")
    stay = who_has(ports.log, about.guest_id, about.stay_id).guest.stays.get(about.stay_id)
    hotel, now = load_property(ports, caller, about.property_id), ports.now()
    return FeedbackRecorded(
        originator_id=feedback_id,
        originator_version=1,
        organisation_id=about.organisation_id,
        property_id=about.property_id,
        subject_id=guest.id,
        guest_id=guest.id,
        origin=Origin.MESSAGE,
        kind=Kind.POSITIVE,
        said_at=now,
        day=hotel.settings.local_day(now),
        room=stay and stay.room,
        alert=False,
        words=Words(title=mail.subject or None, comment=mail.text or None),
    )
