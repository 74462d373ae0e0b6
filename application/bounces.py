"""What a mail does that reports on one of ours: bounces of invitations and of answers to guests, and complaints."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller
from application.conversation import Received
from application.feedback_records import FeedbackRecord, decide
from application.guest_records import GuestRecord, who_is
from application.invitation_ids import read_message_id
from application.invitation_records import InvitationRecord, load_invitation
from application.planning import invitations_about
from application.ports import Ports
from application.races import persistently
from domain import inviting, silencing
from domain.access import Right
from domain.event import Event
from domain.feedback import FeedbackEvent, MailFailed, ReplyWritten
from domain.handling import FeedbackUnknown
from domain.invitation import InvitationBounced, InvitationSent, ReminderSent
from domain.invitation_states import Step
from domain.inviting import InvitationUnknown
from domain.policies.soft_bounces import is_last_straw
from domain.refusal import Refusal

MOST_MAILS = 10
"""That one report can be on; more are not looked for."""

NOBODY_TOOK_IT, REFUSED = 0, 550
"""Reply codes (RFC 5321) where a report does not tell."""

Sending = InvitationSent | ReminderSent


class NotSentYet(Refusal):
    """The report is on a message of which nobody has noted yet that it was sent."""

    code = "not-sent-yet"


class Verdict(StrEnum):
    """What a report says of the address that a mail went to, from what is no harm to what is the worst."""

    OTHER = "other"
    """Nothing against it: the mail was delivered, for example."""
    SOFT = "soft"
    """This mail could not be delivered, another one perhaps can."""
    HARD = "hard"
    """There is no such mailbox."""


class Failure(NamedTuple):
    """What became of a mail to one of its recipients; None is what the report does not tell.

    `status` is a code of RFC 3463, X.0.0 where none is told, `reply` the reply code of RFC 5321. While the mail is
    `delayed`, its server still tries.
    """

    address: str | None
    verdict: Verdict
    status: str
    reply: int | None = None
    delayed: bool = False


class Report(NamedTuple):
    """A mail that reports on mails of ours: on a complaint, or on what became of them.

    `return_tokens` are those of our return paths that occur in it, `unsubscribe_tokens` those of our links to
    unsubscribe, `message_ids` all that looks like a Message-ID, angle brackets included: by these one finds the message
    that it is about.
    """

    complaint: bool
    failures: Sequence[Failure]
    return_tokens: Sequence[str]
    unsubscribe_tokens: Sequence[str]
    message_ids: Sequence[str]


def take_report(
    ports: Ports, caller: Caller, report: Report, returned: Iterable[UUID], recipients: Iterable[UUID]
) -> Received:
    """Records what became of a mail, and has its address, or who complained, get no more where that is called for.

    `returned` are the invitations whose return paths occur in the report, `recipients` the guests whose links to
    unsubscribe do. Who knows neither has not seen the mail: a Message-ID alone, which anybody can make of an
    invitation's id, silences nobody. A report that came before changes nothing, and has the same outcome; one that is
    on no mail of the organisation is ignored. Raises NotSentYet, ConcurrentChange, Forbidden.
    """
    caller.require(Right.RECEIVE_MAIL)
    failure = _mildest(report.failures)
    if failure is None and not report.complaint:
        return Received("ignored")
    returned = list(returned)
    seen = frozenset([*returned, *recipients])
    ours = list(dict.fromkeys(found for each in report.message_ids if (found := read_message_id(each))))
    numbers = dict(reversed(ours))
    for id_ in list(dict.fromkeys([*returned, *(found[0] for found in ours)]))[:MOST_MAILS]:
        decision = partial(_bounce, ports, failure, numbers.get(id_), seen) if failure else partial(_complaint, seen)
        try:
            position = _append(ports, caller, id_, decision)
        except InvitationUnknown:
            continue
        return Received("bounced" if failure else "complained", None, position, id_)
    if failure is None:
        return Received("ignored")
    for feedback_id, version in ours[:MOST_MAILS]:
        failed = partial(_failed, failure, version)
        try:
            position = decide(ports, caller, Right.RECEIVE_MAIL, feedback_id, failed, words=False)
        except FeedbackUnknown:
            continue
        return Received("bounced", feedback_id, position)
    return Received("ignored")


def _mildest(failures: Sequence[Failure]) -> Failure | None:
    """A mail of ours goes to one address; where that hands it on to several, one of them may have it.

    None where nothing failed for good.
    """
    settled = [each for each in failures if not each.delayed]
    mildest = min(settled, key=lambda each: list(Verdict).index(each.verdict), default=None)
    return mildest if mildest and mildest.verdict is not Verdict.OTHER else None


def _append(
    ports: Ports, caller: Caller, id_: UUID, decision: Callable[[InvitationRecord, GuestRecord], Sequence[Event]]
) -> int:
    """Raises InvitationUnknown, ConcurrentChange, and as the decision."""

    def attempt() -> int:
        record = load_invitation(ports, caller, id_)
        events = decision(record, who_is(ports.log, record.invitation.sent_to))
        metadata = caller.metadata(ports.now(), property_id=record.invitation.about.property_id)
        return ports.log.append(events, metadata) if events else record.position

    return persistently(attempt)


def _complaint(seen: frozenset[UUID], record: InvitationRecord, who: GuestRecord) -> Sequence[Event]:
    """Raises InvitationUnknown where nothing shows that who complains has got it."""
    if seen.isdisjoint((record.invitation.id, *who.guest.ids)):
        raise InvitationUnknown("The report is on an invitation that it has nothing of but the Message-ID.")
    return silencing.unsubscribe(who.guest, complained=True)


def _bounce(
    ports: Ports,
    failure: Failure,
    number: int | None,
    seen: frozenset[UUID],
    record: InvitationRecord,
    who: GuestRecord,
) -> Sequence[Event]:
    """Of one message, servers may tell several times that it came back; for now, that counts once.

    `number` is 0 for the message itself, 1, 2 … for its reminders, None for the last. Raises NotSentYet.
    """
    sent = _sending(record, number)
    if sent is None:
        return []
    at, address = sent
    hard = failure.verdict is Verdict.HARD
    came_back = any(isinstance(each.event, InvitationBounced) for each in record.recorded if each.position > at)
    if not hard and came_back:
        return []
    events: list[Event] = [*inviting.bounce(record.invitation, permanent=hard, status=failure.status)]
    if address and not seen.isdisjoint((record.invitation.id, *who.guest.ids)):
        streams = ports.log.streams(list(invitations_about(who.guest.id, who.recorded).about)).values()
        if hard or (events and is_last_straw(streams, address, at)):
            events += silencing.suppress(who.guest, address)
    return events


def _sending(record: InvitationRecord, number: int | None) -> tuple[int, str | None] | None:
    """At which position the message was sent, and where to; None where that will never be noted.

    A report can be quicker than what tells that the message was sent, above all where a crash lies between: it then has
    to come again, for only that tells the address. Raises NotSentYet.
    """
    sent = [(each.position, each.event.address) for each in record.recorded if isinstance(each.event, Sending)]
    if sent and (number is None or number < len(sent)):
        return sent[-1 if number is None else number]
    is_next = number in (None, len(sent))
    if is_next and record.invitation.allows(Step.REMIND if sent else Step.SEND):
        raise NotSentYet("The message that the report is on is not noted as sent yet. Hand the report over again.")
    return None


def _failed(failure: Failure, version: int, record: FeedbackRecord) -> list[FeedbackEvent]:
    """Of an answer to a guest. Raises FeedbackUnknown where there is none of this version."""
    feedback, events = record.feedback, [each.event for each in record.recorded]
    if not 0 < version <= len(events) or not isinstance(events[version - 1], ReplyWritten):
        raise FeedbackUnknown("No answer to a guest has this Message-ID.")
    if any(isinstance(each, MailFailed) and each.of == version for each in events):
        return []
    status = failure.reply or (NOBODY_TOOK_IT if failure.status.startswith("4") else REFUSED)
    return [MailFailed(**feedback.next_place, of=version, status=status)]
