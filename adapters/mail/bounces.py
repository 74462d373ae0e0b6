"""Reads what a mail reports: a complaint (ARF, RFC 5965), or what became of a mail (RFC 3464, or told in prose)."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from email.message import Message
from email.parser import BytesHeaderParser
from uuid import UUID

from adapters.keys.links import LinkExpired, LinkInvalid, Links, Purpose
from adapters.mail.parsing import content, decoded, header, headers, text
from adapters.mail.verdicts import reply_code, verdict_of
from application.bounces import Failure, Report

LONGEST_REPORT = 50_000
"""Characters of each part that are looked at."""

MOST_RECIPIENTS = 100

NO_COMPLAINTS = frozenset(("auth-failure", "not-spam", "virus"))
"""Types of ARF (RFC 5965, 6430, 6591) that are not from somebody who wants no more mails."""

RETURN_TOKEN = re.compile(r"\bbounce\+([a-z2-7]{45})@", re.IGNORECASE)
"""What tells apart our return paths, whoever made them."""

UNSUBSCRIBE_TOKEN = re.compile(r"/u/([a-z2-7]{45})\b", re.IGNORECASE)

_SYSTEM = re.compile(r"mailer-?daemon|post_?master|mail delivery", re.IGNORECASE)
_AUTO = (
    r"auto(?:mati\w*)?[ -]?(?:repl|respon|r[ée]pon|antwort|risp)\w*|(?:r[ée]ponse|respuesta|risposta) auto\w*"
    r"|out of (?:the )?office|abwesenheit\w*"
)
ANSWERED_BY_ITSELF = re.compile(rf"\s*(?:{_AUTO})\s*:", re.IGNORECASE)
"""How subjects of automatic answers begin."""

_ABSENT = re.compile(rf"{_AUTO}|\babsen|vacation|\baway\b|ausente|fuera de la oficina|fuori ufficio", re.IGNORECASE)
"""What is in subjects of absence notes, and in none of a mail system's."""

_UNDELIVERED = re.compile(r"deliver|returned|not reach|fail|error|reject|\b[45]\d\d[ -]", re.IGNORECASE)
"""What a mail system says of a mail that it could not deliver."""

_ORIGINAL = re.compile(
    r"^[ \t>]*(?:delivered-to|dkim-signature|message-id|received|return-path|x-received) ?:",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the mail begins that a report in prose brings back."""

_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,250}\w"
_RECIPIENT = re.compile(rf"^[\s\"'<(]{{0,20}}(?:[45]\d\d )?[\"'<(]?({_ADDRESS})", re.MULTILINE)
_FIELDS = re.compile(r"^(?:final|original)-recipient:", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")


def read_report(message: Message) -> Report | None:
    """None for a mail that reports nothing, such as a guest's answer or an absence note."""
    parts = list(message.walk())
    types = _feedback_types(parts)
    complaint = any(each not in NO_COMPLAINTS for each in types)
    failures = [] if types else _failures(message, parts)
    if not complaint and not failures:
        return None
    told = "\n".join(_told_by(part) for part in parts)
    return Report(
        complaint, failures, RETURN_TOKEN.findall(told), UNSUBSCRIBE_TOKEN.findall(told), _MESSAGE_ID.findall(told)
    )


def ids_in(tokens: Iterable[str], purpose: Purpose, links: Links, today: date) -> list[UUID]:
    """The invitations or guests that these are of, as far as we made them for this and they are still good."""
    found = []
    for token in tokens:
        try:
            found.append(links.read(purpose, token, today))
        except (LinkInvalid, LinkExpired):
            continue
    return found


def _feedback_types(parts: Sequence[Message]) -> list[str]:
    """Of reports in ARF. Outlook.com marks the mail that it sends back, and reports nothing else (JMRP)."""
    types = [header(part, "Feedback-Type").strip().lower() for part in parts if "Feedback-Type" in part]
    return types + ["abuse" for part in parts if "X-HmXmrOriginalRecipient" in part]


def _failures(message: Message, parts: Sequence[Message]) -> list[Failure]:
    """As RFC 3464 has them, also where a relay broke its form; else as prose tells, if a mail system wrote it."""
    by_system = _is_from_system(message)
    if not by_system and message.get_content_type() != "multipart/report":
        return []
    prose = _without_original(text(message)[:LONGEST_REPORT])
    found = [part for part in parts if "Action" in part and ("Final-Recipient" in part or "Original-Recipient" in part)]
    if not found:
        paragraphs = re.split(r"\n[ \t]*\n", prose.replace("\r", ""))
        found = [
            BytesHeaderParser().parsebytes(each.lstrip().encode("utf-8", "replace"))
            for each in paragraphs
            if _FIELDS.search(each)
        ]
    if found:
        return [_by_fields(fields, prose if len(found) == 1 else "") for fields in found[:MOST_RECIPIENTS]]
    return _by_prose(message, prose) if by_system else []


def _by_fields(fields: Message, prose: str) -> Failure:
    address = re.search(_ADDRESS, header(fields, "Final-Recipient") or header(fields, "Original-Recipient"))
    action, diagnosis = header(fields, "Action").strip().lower(), header(fields, "Diagnostic-Code")
    verdict, status = verdict_of(action, header(fields, "Status"), diagnosis, prose)
    return Failure(address and address[0], verdict, status, reply_code(diagnosis), action == "delayed")


def _by_prose(message: Message, prose: str) -> list[Failure]:
    """As mail systems told it before RFC 3464, and some still do: by recipient, each at the beginning of a line."""
    if not _UNDELIVERED.search(header(message, "Subject") + prose):
        return []
    own = header(message, "To").lower()
    starts = [found for found in _RECIPIENT.finditer(prose) if found[1].lower() not in own][:MOST_RECIPIENTS]
    ends = [*(each.start() for each in starts[1:]), len(prose)]
    sections: dict[str | None, str] = {}
    for start, end in zip(starts, ends, strict=False):
        sections[start[1]] = sections.get(start[1], "") + prose[start.start() : end]
    if len(sections) < 2:
        sections = {next(iter(sections), None): prose}
    return [Failure(address, *verdict_of("", "", "", told), reply_code(told)) for address, told in sections.items()]


def _is_from_system(message: Message) -> bool:
    """Absence notes too have an empty return path (RFC 3834), and some mail systems call bounces auto-replied."""
    if _ABSENT.search(decoded(header(message, "Subject"))):
        return False
    if _SYSTEM.search(header(message, "From")) or "X-Failed-Recipients" in message:
        return True
    is_reply = "auto-replied" in header(message, "Auto-Submitted").lower()
    is_reply = is_reply or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    return header(message, "Return-Path").strip().lower() in ("<>", "<mailer-daemon>") and not is_reply


def _without_original(prose: str) -> str:
    original = _ORIGINAL.search(prose)
    return prose[: original.start()] if original else prose


def _told_by(part: Message) -> str:
    """Its headers, and its text."""
    told = headers(part)
    return (f"{told}\n{content(part)}" if part.get_content_maintype() == "text" else told)[:LONGEST_REPORT]
