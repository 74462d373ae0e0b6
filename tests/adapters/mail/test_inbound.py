"""Reading mails as guests' programs make them, and as somebody makes them who means harm."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail import parsing
from adapters.mail.html_text import text_of
from adapters.mail.inbound import LONGEST_TEXT, read_mail
from adapters.mail.parsing import MailUnreadable
from adapters.mail.quoting import without_quotation
from application.conversation import IncomingMail

OURS = "<0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20.3@example.org>"


def letter(source: bytes) -> IncomingMail:
    """What somebody wrote, and no report."""
    read = read_mail(source)
    assert isinstance(read, IncomingMail)
    return read


def mail(text: str = "Merci", **headers: str) -> EmailMessage:
    message = EmailMessage(SMTP)
    told = {"From": "Zoé Lefèvre <zoe@example.com>", "Subject": "Re: Votre séjour", "Message-ID": "<1@example.com>"}
    for name, value in (told | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    message.set_content(text)
    return message


def source(body: str, content_type: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    lines = [f"Content-Type: {content_type}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", body]).encode()


def test_a_mail_tells_who_wrote_what_in_answer_to_which() -> None:
    read = letter(mail("Bonjour,\n\nmerci !\n", In_Reply_To=OURS, References=f"<0@example.com> {OURS}").as_bytes())
    assert (read.address, read.subject, read.text) == ("zoe@example.com", "Re: Votre séjour", "Bonjour,\n\nmerci !")
    assert (read.message_id, read.automatic) == ("<1@example.com>", False)
    assert read.answers == [OURS, OURS, "<0@example.com>"]


def test_of_plain_and_html_the_plain_is_taken_and_no_attachment() -> None:
    message = mail("Voilà")
    message.add_alternative("<p>Autre chose</p>", subtype="html")
    message.add_attachment(b"Facture", maintype="text", subtype="plain", filename="facture.txt")
    message.add_attachment(mail("Un ancien courriel"))
    message.add_attachment(bytes(1_000), maintype="image", subtype="png")
    assert letter(message.as_bytes()).text == "Voilà"


def test_html_alone_becomes_text() -> None:
    html = "<style>p{}</style><p>Bonjour&nbsp;&amp;<b> merci</b></p><script>alert(1)</script><p>1 &lt; 2<br>Zoé"
    assert letter(source(html, "text/html; charset=utf-8")).text == "Bonjour & merci\n\n1 < 2\nZoé"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("3 < 4 <3 <", "3 < 4 <3 <"),
        ("a<!-- <b> -->b<!doctype html>c<?xml?>d", "abcd"),
        ("<div>un<div>deux</div></div>trois", "un\ndeux\ntrois"),
        ("<ul><li>un<li>deux</ul>", "un\ndeux"),
        ("<td>un</td><td>deux</td>", "un deux"),
        ("oui<blockquote>hier<br>soir</blockquote>", "oui\n> hier\n> soir"),
        ("</blockquote>oui", "oui"),
        ("oui <script>non", "oui"),
        ("oui <!-- non", "oui"),
        ("&lt;b&gt;", "<b>"),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "macroman"])
def test_what_was_written_in_another_encoding_is_read_in_it(charset: str) -> None:
    header = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert letter(header.encode() + "Chère équipe".encode(charset)).text == "Chère équipe"


@pytest.mark.parametrize(
    "charset", ["x-unknown", "zlib", "rot13", "idna", "punycode", "undefined", '"\0"', "unicode_escape"]
)
def test_an_encoding_that_is_none_is_read_as_utf_8(charset: str) -> None:
    assert letter(source("Chère équipe \\x41", f"text/plain; charset={charset}")).text == "Chère équipe \\x41"


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?q?S=C3=A9jour?=", "Séjour"),
        ("=?iso-8859-1?q?S=E9jour?= suite", "Séjour suite"),
        ("Séjour", "Séjour"),
        ("=?x-unknown?q?S=E9jour?=", "=?x-unknown?q?S=E9jour?="),
        ("=?undefined?q?abc?=", "=?undefined?q?abc?="),
        ("a\r\n b\u202e\x07", "a b"),
        ("é" * 10_000, "é" * 300),
    ],
)
def test_subjects(header: str, subject: str) -> None:
    assert letter(source("", Subject=header)).subject == subject


@pytest.mark.parametrize(
    "sender", ["", "Zoé", "<>", "zoe@", "zoe@example.com\x00@evil", "((((", "a@b, c@d", "undisclosed:;"]
)
def test_a_sender_who_cannot_be_answered_is_none(sender: str) -> None:
    assert letter(source("Merci", From=sender)).address is None


def test_a_mail_without_an_id_of_its_own_gets_one_by_what_is_in_it() -> None:
    one, again, other = (letter(source(text)).message_id for text in ("Merci", "Merci", "Merci !"))
    assert one == again != other


def test_an_id_that_is_too_long_is_none() -> None:
    assert letter(source("Merci", **{"Message-ID": f"<{'a' * 300}@example.com>"})).message_id.endswith("invalid>")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"}, {"Auto-Submitted": "Auto-Generated; owner=x"}, {"X-Autoreply": "yes"},
        {"Precedence": "bulk"}, {"Precedence": "Auto_Reply"}, {"List-Id": "<amis.example.com>"}, {"Return-Path": "<>"},
        {"Content-type": "multipart/report; boundary=a"},
    ],
)  # fmt: skip
def test_what_no_person_wrote_is_automatic(headers: dict[str, str]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    assert letter(f"{lines}From: zoe@example.com\r\n\r\nJe suis absente".encode()).automatic


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "no"}, {"Precedence": "normal"}, {"Return-Path": "<z@e.fr>"}])
def test_what_a_person_wrote_is_not(headers: dict[str, str]) -> None:
    assert not letter(source("Merci", **headers)).automatic


QUOTED = "> Bonjour,\n>\n> votre avis compte.\n"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Merci\n\nLe ven. 20 nov. 2026 à 09:30, Hôtel du Port <a@example.org> a écrit :\n\n{QUOTED}", "Merci"),
        (f"Merci\n\nLe ven. 20 nov. 2026 à 09:30, Hôtel du Port\n<a@example.org> a écrit :\n{QUOTED}", "Merci"),
        (f"Thanks\n\nOn Fri, Nov 20, 2026 at 9:30 AM Hôtel wrote:\n{QUOTED}\n\n", "Thanks"),
        (f"Merci\n{QUOTED}", "Merci"),
        (f"{QUOTED}\nMerci", f"{QUOTED}\nMerci"),
        ("> un\nOui\n> deux\nNon\n", "> un\nOui\n> deux\nNon\n"),
        (QUOTED, QUOTED),
        ("On m'a dit non. Il wrote:", "On m'a dit non. Il wrote:"),
        ("Merci", "Merci"),
        ("", ""),
    ],
)
def test_only_what_is_surely_quoted_goes(text: str, kept: str) -> None:
    assert without_quotation(text) == kept


def test_a_quotation_in_html_goes_too() -> None:
    html = "<div>Merci !</div><div>Le 20 nov. 2026, Hôtel a écrit&nbsp;:<br></div><blockquote>Votre avis</blockquote>"
    assert letter(source(html, "text/html; charset=utf-8")).text == "Merci !"


def test_what_was_written_is_clean_and_not_endless() -> None:
    read = letter(source("a\x00\x1b[31m\u202eb\r\n\tc" + "é" * 100_000))
    assert read.text.startswith("a[31mb\nc")
    assert len(read.text) == LONGEST_TEXT


def nested(depth: int, content: bytes = b"x") -> bytes:
    head = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))
    return head + b"\n" + content


@pytest.mark.parametrize(
    "hostile",
    [
        nested(5_000),
        b"Content-Type: message/rfc822\n\n" * 100_000,
        b"Content-Type: text/plain" + b";" * 9_000_000,
        b"From: " + b"(" * 9_000,
    ],
    ids=["parts", "mails", "header", "comments"],
)
def test_what_would_take_too_much_is_no_mail(hostile: bytes) -> None:
    with pytest.raises(MailUnreadable):
        letter(hostile)


def test_what_would_take_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "PATIENCE", 0.0)
    with pytest.raises(MailUnreadable, match="too long"):
        letter(nested(20, b"\n" * 200_000))


HEADER = st.sampled_from(
    ["From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Content-Type", "Content-Disposition",
     "Content-Transfer-Encoding", "Auto-Submitted", "MIME-Version", ""],
)  # fmt: skip
VALUE = st.one_of(
    st.text(),
    st.sampled_from(
        ["text/html; charset=idna", "multipart/mixed; boundary=a", "multipart/alternative", "base64", "x-uuencode",
         "quoted-printable", "=?utf-8?b?////?=", "<a@b>", "text/plain; charset*=utf-16''%ff", "message/external-body",
         "attachment; filename*0*=x", "message/partial; number=1", "multipart/digest; boundary=a",
         "text/plain; charset*0*=x"],
    ),
)  # fmt: skip


@given(
    st.lists(st.tuples(HEADER, VALUE)),
    st.one_of(st.binary(), st.text().map(str.encode)),
    st.sampled_from([b"\r\n", b"\n"]),
)
def test_no_mail_breaks_the_reading(headers: list[tuple[str, str]], body: bytes, end: bytes) -> None:
    lines = [f"{name}: {value}".encode("utf-8", "surrogatepass") for name, value in headers]
    parts = [b"--a", b"Content-Type: text/plain", b"", body, b"--a--"]
    read = letter(end.join([*lines, b"", *parts]))
    assert len(read.text) <= LONGEST_TEXT
    assert "\x00" not in read.text + read.subject
    assert "\n" not in read.subject
