"""What strangers write is read in a time that grows as its length does: some texts are made to take for ever."""

import signal
from collections.abc import Callable, Iterator
from types import FrameType
from uuid import UUID

import pytest

from adapters.mail import parsing
from adapters.mail.inbound import read_mail
from adapters.mail.parsing import MailUnreadable
from application.contacts import normalise_email, normalise_phone
from application.reviews.judge import read_rating
from domain.contact import Profile
from domain.traces import Traces

ENOUGH = 2.0
"""Seconds of processor time, where nothing here takes a tenth of one; what is to be caught takes minutes at least."""

SYSTEM = b"From: MAILER-DAEMON\nSubject: failure notice\n"
MIXED = b"Content-Type: multipart/mixed; boundary=a\n\n"
REPORT = b"Content-Type: multipart/report; boundary=a\n\n"


@pytest.fixture(autouse=True)
def _within_limits() -> Iterator[None]:
    """Regular expressions look for signals, too. It is the processor's time that counts, not the clock's."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("This takes too long.")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, ENOUGH)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def many(piece: bytes, size: int = 300_000) -> bytes:
    return piece * (size // len(piece))


@pytest.mark.parametrize(
    "mail",
    [
        b"Content-Type: text/plain;" + b" " * 60 + b"charset=utf-8\r\n\r\n" + b"x" * 4_800,
        b"Content-Type: text/plain" + many(b"\r\n ", 3_900) + b"\r\n\r\n" + b"x" * 4_800,
        MIXED + (b"--a\nContent-Type: text/plain;" + b'";' * 98 + b"a" * 3_600 + b"\n\nx\n") * 490,
        b"content-" + many(b"a"),
        b"From: " + many(b"<"),
        b"From: " + many(b"[@"),
        b"Subject: " + many(b"auto repl"),
        b"Subject: " + many(b" ") + b"auto",
        b"Subject: " + many(b"=?utf-8?q?"),
        b"References: " + many(b"<a"),
        b"To: " + many(b"bounce+"),
        b"\nBonjour\n" + many(b"On wrote ") + b"\n> a",
        b"\nBonjour\nOn wrote" + many(b" ") + b"\n> a",
        b"\n" + many(b"On a\n") + many(b"> a\n"),
        b"\n" + many("e\u0301".encode()),
        b"Content-Type: text/html\n\n" + many(b"<!--"),
        b"Content-Type: text/html\n\n" + many(b"<script"),
        b"Content-Type: text/html\n\n" + many(b"<a "),
        b"Content-Type: text/html\n\n" + many(b"&#1;"),
        *(
            SYSTEM + b"\n" + many(piece)
            for piece in (
                b"a", b"a@", b"a@b.c\n", b"a@b.c user \n", b".", b"5.1.", b"box ", b"user ", b"bad ", b"\n", b" \n",
                b"> > ", b"Final-Recipient: a@b\n\n",
            )
        ),
        SYSTEM + b"\nfailed\n" + many(b" ") + b"a@b.c",
        REPORT + b"--a\nAction: failed\nFinal-Recipient: " + many(b"a.") + b"\n\n",
        REPORT + b"--a\nAction: failed\nFinal-Recipient: a@b\nDiagnostic-Code: " + many(b"user ") + b"\n\n",
        REPORT + b"--a\nAction: failed\nFinal-Recipient: a@b\nStatus: " + many(b"5.1.1.") + b"\n\n",
    ],
    ids=lambda mail: repr(mail[:60]),
)  # fmt: skip
def test_a_mail_is_read(mail: bytes) -> None:
    read_mail(mail)


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (b"Content-Type: text/plain;" + many(b" ") + b"charset=utf-8\n\n", "header is far too long"),
        (b"A: b\rContent-Type: text/plain" + many(b";") + b"\n\n", "header is far too long"),
        (b"Content-Type: text/plain" + many(b"\r\n\t") + b"\n\n", "header is far too long"),
        (MIXED + many(b'--a\nContent-Type: text/plain;"' + b";" * 3_900 + b"\n\nx\n"), "header is far too long"),
        (b"Content-Disposition: attachment" + b"\r\n ;a=b" * 100 + b"\r\n\r\n", "header is far too long"),
        (MIXED + many(b"--a\n\n\n", 3_000_000), "too many parts"),
        (b"Content-Type: message/delivery-status\n\n" + many(b"A: b\n\n", 3_000_000), "too many parts"),
        (many(b"A:1\n"), "too many headers"),
        (many(b"content-a:\n"), "too many headers"),
    ],
    ids=lambda mail: repr(mail[:60]),
)
def test_a_mail_that_cannot_be_read_in_time_is_none(mail: bytes, why: str) -> None:
    with pytest.raises(MailUnreadable, match=why):
        read_mail(mail)


def test_a_mail_with_many_photographs_is_one() -> None:
    photograph = (
        b"--a\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n" + many(b"AAAA\n", 1_000) + b"\n"
    )
    read_mail(MIXED + photograph * (parsing.MOST_PARTS // 2))


@pytest.mark.parametrize("read", [normalise_email, lambda text: normalise_phone(text, "FR"), read_rating])
@pytest.mark.parametrize(
    "text",
    [
        *(
            piece * 10_000
            for piece in ("a", "a.", "a@", "@", " ", "1", "1 ", "(", '"', "é", "xn--", "+", ";ext=", "5/")
        ),
        "5" + " " * 10_000 + "x",
        "5 sur" + " " * 10_000 + "x",
        "a@" + "." * 10_000,
        "+1" + "0" * 10_000 + "x",
    ],
    ids=lambda text: repr(text[:10]) if isinstance(text, str) else None,
)
def test_what_stands_in_a_cell_or_a_field_is_judged(read: Callable[[str], object], text: str) -> None:
    read(text)


@pytest.mark.parametrize("piece", ["a", "a.", "@", "'", "0", "+1", "a@b'"])
def test_a_guest_is_found_in_what_was_written(piece: str) -> None:
    profile = Profile(last_name="Lefèvre", emails=("zoe@example.com",), phones=("+33612345678",))
    guest = Traces([(UUID(int=1), [profile])])
    text = piece * (100_000 // len(piece))
    assert guest.taken_out_of(f"{text} zoe@example.com") == f"{text} …"
    assert guest.reached_by([text, "zoe@example.com"]) == UUID(int=1)
