"""Reads a mail as it came, whatever is in it: who wrote what, in answer to which mail, and whether a person did."""

import codecs
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesFeedParser
from email.utils import parseaddr
from hashlib import sha256
from time import thread_time

from adapters.mail.html_text import text_of
from adapters.mail.quoting import without_quotation
from application.contacts import normalise_email
from application.conversation import IncomingMail
from application.text import one_line, several_lines

LONGEST_SUBJECT = 300
LONGEST_TEXT = 20_000
LONGEST_SOURCE = 1_000_000
"""Characters of text or HTML that are looked at."""

LONGEST_HEADER = 10_000
PIECE = 100_000
PATIENCE = 3.0
"""Seconds of processor time. No mail of a person takes a tenth of one; some are made to take hours."""

BULK = frozenset(("bulk", "list", "junk", "auto_reply"))
CHARSETS = ("ascii", "big5", "cp", "euc", "gb", "hz", "iso", "koi8", "mac", "shift", "tis", "utf")
"""How encodings are called that mails are written in. Python has others that are none, or that take forever."""

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")
_ENDLESS = re.compile(rb"^content-[a-z-]+:(?:[^\r\n]|\r?\n?[ \t]){4000}", re.IGNORECASE | re.MULTILINE)
"""The library takes the square of the time to read it."""


class MailUnreadable(Exception):
    """What came is no mail that can be read; the message says why, and nothing of what is in it."""


def read_mail(source: bytes) -> IncomingMail:
    """Raises MailUnreadable."""
    try:
        return _read(source)
    except RecursionError as error:
        raise MailUnreadable("It is nested too deeply.") from error


def _read(source: bytes) -> IncomingMail:
    message = _parsed(source)
    own_id = _MESSAGE_ID.search(_header(message, "Message-ID"))
    nearest_last = _header(message, "References") + _header(message, "In-Reply-To")
    return IncomingMail(
        address=normalise_email(parseaddr(_header(message, "From"))[1]),
        subject=one_line(_decoded(_header(message, "Subject")[: LONGEST_HEADER // 10]))[:LONGEST_SUBJECT],
        text=without_quotation(several_lines(_text(message)))[:LONGEST_TEXT],
        message_id=own_id[0] if own_id else f"<{sha256(source).hexdigest()}@nowhere.invalid>",
        answers=_MESSAGE_ID.findall(nearest_last)[::-1],
        automatic=_is_automatic(message),
    )


def _parsed(source: bytes) -> Message:
    if _ENDLESS.search(source):
        raise MailUnreadable("A header is far too long.")
    parser, began = BytesFeedParser(), thread_time()
    for at in range(0, len(source), PIECE):
        parser.feed(source[at : at + PIECE])
        if thread_time() - began > PATIENCE:
            raise MailUnreadable("It takes too long to read.")
    return parser.close()


def _header(message: Message, name: str) -> str:
    """As it stands in the first header of this name, with what is not ASCII read as UTF-8; empty without one."""
    for each, value in message.raw_items():
        if each.lower() == name.lower():
            return str(value)[-LONGEST_HEADER:].encode("ascii", "surrogateescape").decode("utf-8", "replace")
    return ""


def _decoded(header: str) -> str:
    try:
        return str(make_header(decode_header(header)))
    except (HeaderParseError, LookupError, ValueError):
        return header


def _is_automatic(message: Message) -> bool:
    """Whether no person wrote it: an absence note (RFC 3834), a bounce, a mailing list."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(message, "Precedence").strip().lower() in BULK
        or message.get_content_type() == "multipart/report"
        or _header(message, "Return-Path").strip() == "<>"
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    )


def _text(message: Message) -> str:
    """What was written, without attachments: the plain parts, or else the HTML ones as text."""
    parts = list(_inline(message))
    plain = "\n".join(_content(part) for part in parts if part.get_content_type() == "text/plain")
    if plain.strip():
        return plain
    return text_of("\n".join(_content(part) for part in parts if part.get_content_type() == "text/html"))


def _inline(part: Message) -> Iterator[Message]:
    """The parts that are shown when the mail is opened. A mail that is forwarded in it is an attachment."""
    if part.get_content_maintype() == "multipart":
        for each in part.get_payload():
            if isinstance(each, Message):  # else it has no parts in fact, but one text
                yield from _inline(each)
    elif part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
        yield part


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    try:
        charset = codecs.lookup(part.get_content_charset("utf-8")).name
    except (LookupError, ValueError):  # ValueError for a name with a NUL in it
        charset = "utf-8"
    charset = charset if charset.startswith(CHARSETS) else "utf-8"
    return payload[: 4 * LONGEST_SOURCE].decode(charset, "replace")[:LONGEST_SOURCE]
