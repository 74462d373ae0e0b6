"""Takes a mail apart, whatever is in it: headers as they stand, and the text of its parts."""

import codecs
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesFeedParser
from itertools import count
from time import thread_time

from adapters.mail.html_text import text_of

LONGEST_HEADER = 10_000
LONGEST_SOURCE = 1_000_000
"""Characters of text or HTML that are looked at."""

MOST_PARTS = 500
MOST_HEADERS = 10_000
"""Of all parts together."""

PIECE = 100_000
PATIENCE = 3.0
"""Seconds of processor time. No mail of a person takes a tenth of one; some are made to take hours."""

CHARSETS = ("ascii", "big5", "cp", "euc", "gb", "hz", "iso", "koi8", "mac", "shift", "tis", "utf")
"""How encodings are called that mails are written in. Python has others that are none, or that take forever."""

_ENDLESS = re.compile(
    rb"(?<![^\r\n])content-[a-z-]+:"
    rb"(?:(?:[^\r\n]|\r\n?[ \t]|\n[ \t]){4000}|(?:(?:[^\r\n;]|\r\n?[ \t]|\n[ \t])*;){100})",
    re.IGNORECASE,
)
"""By its length, or its parameters: the library takes the product of both to read it. It ends a line at a lone CR."""


class MailUnreadable(Exception):
    """What came is no mail that can be read; the message says why, and nothing of what is in it."""


def parsed(source: bytes) -> Message:
    """Raises MailUnreadable, and RecursionError where parts are nested too deeply, which looking at them can, too."""
    if _ENDLESS.search(source):
        raise MailUnreadable("A header is far too long.")
    numbers = count(1)

    def part() -> Message:
        if next(numbers) > MOST_PARTS:
            raise MailUnreadable("It has too many parts.")
        return Message()

    parser, began = BytesFeedParser(part), thread_time()
    for at in range(0, len(source), PIECE):
        parser.feed(source[at : at + PIECE])
        if thread_time() - began > PATIENCE:
            raise MailUnreadable("It takes too long to read.")
    message = parser.close()
    if sum(len(each) for each in message.walk()) > MOST_HEADERS:
        raise MailUnreadable("It has too many headers.")
    return message


def header(message: Message, name: str) -> str:
    """As it stands in the first header of this name, with what is not ASCII read as UTF-8; empty without one."""
    for each, value in message.raw_items():
        if each.lower() == name.lower():
            return str(value)[-LONGEST_HEADER:].encode("ascii", "surrogateescape").decode("utf-8", "replace")
    return ""


def headers(message: Message) -> str:
    """All of them as they stand, one a line unless it was folded."""
    return "\n".join(f"{name}: {value}" for name, value in message.raw_items())


def decoded(header: str) -> str:
    """The words of a header, of its beginning if it is endless."""
    header = header[: LONGEST_HEADER // 10]
    try:
        return str(make_header(decode_header(header)))
    except (HeaderParseError, LookupError, ValueError):
        return header


def content(part: Message) -> str:
    """The text of a part that has no parts."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    try:
        charset = codecs.lookup(part.get_content_charset("utf-8")).name
    except (LookupError, ValueError):  # ValueError for a name with a NUL in it
        charset = "utf-8"
    charset = charset if charset.startswith(CHARSETS) else "utf-8"
    return payload[: 4 * LONGEST_SOURCE].decode(charset, "replace")[:LONGEST_SOURCE]


def text(message: Message) -> str:
    """What is written in it, without attachments: the plain parts, or else the HTML ones as text."""
    parts = list(_inline(message))
    plain = "\n".join(content(part) for part in parts if part.get_content_type() != "text/html")
    if plain.strip():
        return plain
    return text_of("\n".join(content(part) for part in parts if part.get_content_type() == "text/html"))


def _inline(part: Message) -> Iterator[Message]:
    """The parts that are shown when the mail is opened. A mail that is forwarded in it is an attachment."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for each in part.get_payload():
            if isinstance(each, Message):
                yield from _inline(each)
    # What calls itself multipart and has no parts is a text, boundaries and all.
    elif part.get_content_maintype() in ("text", "multipart") and part.get_content_disposition() != "attachment":
        yield part
