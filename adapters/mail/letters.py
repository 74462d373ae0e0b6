"""Writes mails from events: an answer to a guest, or what a colleague is told of a feedback."""

from collections.abc import Sequence
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from typing import Any
from uuid import UUID

from adapters.mail.outbox import Asked
from application.conversation import message_id
from application.guest_records import who_is
from application.ports import Log
from application.text import one_line
from domain import catalogue
from domain import property as properties
from domain.catalogue import EmployeeSettings
from domain.event import Event, Recorded
from domain.feedback import (
    FeedbackDelegated,
    FeedbackRecorded,
    FeedbackShared,
    FeedbackTransferred,
    GuestReplied,
    Kind,
    Letter,
    ReplyWritten,
)
from domain.guest import Guest
from domain.handling import Feedback, fold
from domain.property import Property, PropertySettings

Notice = FeedbackTransferred | FeedbackDelegated | FeedbackShared
"""What colleagues are told by mail."""

TO_HANDLE = (
    "retour d'un client à traiter / guest feedback to handle",
    "Ce retour d'un client vous est confié.\nThis guest's feedback is handed to you.",
)
TO_KNOW = (
    "retour d'un client, pour information / guest feedback, for information",
    "Ce retour d'un client vous est transmis pour information.\nThis guest's feedback is shared with you.",
)
LINE = 70
"""Characters of a subject that fit on one."""
KINDS = {Kind.POSITIVE: "compliment / praise", Kind.NEGATIVE: "réclamation / complaint"}


class MessageIds(UnstructuredHeader, BaseHeader):
    """A header of message ids, one a line: the library would encode those that are longer than a line should be."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep


class Subject(UnstructuredHeader, BaseHeader):
    """As it is given, also where it looks encoded.

    Where the library makes several encoded words of one, it loses a space now and then; its older code does not.
    """

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        is_plain = self.isascii() and "=?" not in self and len(self) < LINE
        is_plain = is_plain or (isinstance(policy, EmailPolicy) and policy.utf8)
        value = self if is_plain else Header(self, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {value}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("subject", Subject)
for name in ("in-reply-to", "references"):
    HEADERS.map_to_type(name, MessageIds)
POLICY = SMTP.clone(header_factory=HEADERS)


def written(log: Log, mail_from: str, recorded: Sequence[Recorded], asked: Asked) -> EmailMessage | None:
    """The mail that was asked for in the stream `recorded`: the same each time, unless names or addresses change.

    None where there is nothing to send any more: who said it was forgotten, or the colleague has no address.
    """
    asking = recorded[asked.version - 1]
    event = asking.event
    feedback = fold(Feedback(asked.feedback_id), (each.event for each in recorded))
    said = feedback.said
    guest = _guest(log, said.guest_id)
    if feedback.erasure_id or guest.anonymised or guest.deleted:
        return None
    hotel = properties.fold(Property(said.property_id), _events(log, said.property_id)).settings
    domain = mail_from.rpartition("@")[2]
    mail = EmailMessage(POLICY)
    mail["Message-ID"] = message_id(asked.feedback_id, asked.version, domain, asked.recipient)
    mail["Date"] = asking.recorded_at
    mail["From"] = mail["Reply-To"] = address_header(mail_from, hotel.name)
    match event:
        case ReplyWritten(letter=Letter() as letter):
            mail["To"] = address_header(letter.address)
            mail["Subject"] = one_line(letter.subject)
            if earlier := _thread(recorded[: asked.version - 1], domain):
                mail["In-Reply-To"] = earlier[-1]
                mail["References"] = " ".join(earlier)
            text = letter.text
        case FeedbackTransferred() | FeedbackDelegated() | FeedbackShared():
            address = _recipient(log, event, asked.recipient)
            if address is None:
                return None
            subject, introduction = TO_KNOW if isinstance(event, FeedbackShared) else TO_HANDLE
            mail["To"] = address_header(address)
            mail["Subject"] = f"{one_line(hotel.name)} : {subject}"
            mail["Auto-Submitted"] = "auto-generated"
            facts = _facts(hotel, said, guest, event.note)
            text = f"{introduction}\n\n{facts}\n\n{_quoted(said, recorded[: asked.version - 1])}"
        case _:
            return None
    mail.set_content(text.rstrip() + "\n", cte="quoted-printable")
    return mail


def _thread(earlier: Sequence[Recorded], domain: str) -> list[str]:
    """The Message-IDs of the conversation with the guest, in both directions."""
    ids = []
    for each in earlier:
        match each.event:
            case ReplyWritten(originator_id=feedback_id, originator_version=version):
                ids.append(message_id(feedback_id, version, domain))
            case GuestReplied(letter=Letter(message_id=str() as theirs)):
                ids.append(theirs)
    return ids


def _recipient(log: Log, notice: Notice, number: int) -> str | None:
    """The address of the recipient of this number; None where none is known, or no longer."""
    match notice:
        case FeedbackDelegated():
            return notice.address
        case FeedbackTransferred():
            return _employee(log, notice.employee_id)
        case FeedbackShared(employee_ids=employees):
            if number < len(employees):
                return _employee(log, employees[number])
            return notice.addresses[number - len(employees)] if notice.addresses else None


def _employee(log: Log, employee_id: UUID) -> str | None:
    employee = catalogue.fold(EmployeeSettings, _events(log, employee_id))
    return employee.settings.email if employee and not employee.retired else None


def _facts(hotel: PropertySettings, said: FeedbackRecorded, guest: Guest, note: str | None) -> str:
    profile, rating = guest.known.profile, said.rating
    name = profile.full_name if profile else said.words and said.words.author
    facts = {
        "Établissement / Property": hotel.name,
        "Chambre / Room": said.room,
        "Date": said.day.isoformat(),
        "Client / Guest": name,
        "Genre / Kind": KINDS[said.kind],
        "Évaluation / Rating": rating and f"{rating.given.normalize():f}/{rating.scale}",
    }
    lines = [f"{label} : {one_line(value)}" for label, value in facts.items() if value]
    return "\n".join(lines) + (f"\n\nNote interne / Internal note :\n{note}" if note else "")


def _quoted(said: FeedbackRecorded, earlier: Sequence[Recorded]) -> str:
    """What the guest said and then wrote, marked as theirs at each line: nothing of it passes for a line of ours."""
    words = said.words
    passages = [words.title, words.comment, words.liked, words.disliked] if words else []
    passages += [
        each.event.letter.text for each in earlier if isinstance(each.event, GuestReplied) and each.event.letter
    ]
    # What began with a mail has that among what was said, too.
    once = dict.fromkeys(passage for passage in passages if passage)
    return "\n>\n".join("\n".join(f"> {line}" for line in passage.splitlines()) for passage in once)


def address_header(address: str, name: str = "") -> Address:
    """Raises ValueError for what is none. The domain is written in ASCII, which every mail server reads."""
    local, _, domain = address.rpartition("@")
    return Address(one_line(name), username=local, domain=domain.encode("idna").decode())


def _guest(log: Log, guest_id: UUID | None) -> Guest:
    """One nobody has heard of where none is known."""
    return who_is(log, guest_id).guest if guest_id else Guest(UUID(int=0))


def _events(log: Log, stream: UUID) -> list[Event]:
    return [each.event for each in log.stream(stream)]
