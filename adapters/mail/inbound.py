"""Reads a mail as it came: who wrote what, in answer to which mail, whether a person did; or what it reports."""

import re
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256

from adapters.mail.bounces import ANSWERED_BY_ITSELF, LONGEST_REPORT, RETURN_TOKEN, read_report
from adapters.mail.parsing import MailUnreadable, decoded, header, headers, parsed, text
from adapters.mail.quoting import without_quotation
from application.bounces import Report
from application.contacts import normalise_email
from application.conversation import IncomingMail
from application.text import one_line, several_lines

LONGEST_SUBJECT = 300
LONGEST_TEXT = 20_000

BULK = frozenset(("bulk", "list", "junk", "auto_reply"))

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")


def read_mail(source: bytes) -> IncomingMail | Report:
    """Raises MailUnreadable."""
    try:
        message = parsed(source)
        return read_report(message) or _read(message, source)
    except RecursionError as error:
        raise MailUnreadable("It is nested too deeply.") from error


def _read(message: Message, source: bytes) -> IncomingMail:
    own_id = _MESSAGE_ID.search(header(message, "Message-ID"))
    nearest_last = header(message, "References") + header(message, "In-Reply-To")
    return IncomingMail(
        address=normalise_email(parseaddr(header(message, "From"))[1]),
        subject=one_line(decoded(header(message, "Subject")))[:LONGEST_SUBJECT],
        text=without_quotation(several_lines(text(message)))[:LONGEST_TEXT],
        message_id=own_id[0] if own_id else f"<{sha256(source).hexdigest()}@nowhere.invalid>",
        answers=_MESSAGE_ID.findall(nearest_last)[::-1],
        return_tokens=RETURN_TOKEN.findall(headers(message)[:LONGEST_REPORT]),
        automatic=_is_automatic(message),
    )


def _is_automatic(message: Message) -> bool:
    """Whether no person wrote it: an absence note (RFC 3834), a read receipt, a mailing list."""
    submitted = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or header(message, "Precedence").strip().lower() in BULK
        or message.get_content_type() == "multipart/report"
        or header(message, "Return-Path").strip() == "<>"
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or ANSWERED_BY_ITSELF.match(decoded(header(message, "Subject"))) is not None
    )
