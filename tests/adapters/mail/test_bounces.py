"""What a mail reports is read from it, however mail systems write it; an absence note reports nothing."""

import csv
from collections import Counter, defaultdict
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import Parser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.inbound import read_mail
from adapters.mail.verdicts import verdict_of
from application.bounces import Failure, Report, Verdict
from application.conversation import IncomingMail

DATA = Path(__file__).parents[3] / "../shared/data/bounce"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/bounce is not on this machine")

OURS = "<0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20.0@example.org>"
TOKEN = "agp7hqloby6fldm7cdgxu4u7pjyae5tvb4ywkylqfqmbi"  # noqa: S105  signed by nobody


def report(kind: str, fields: str, *, to: str = "accueil@example.org", **headers: str) -> bytes:
    """A multipart/report (RFC 6522) that brings back the headers of one of our mails."""
    message = MIMEMultipart("report")
    message.set_param("report-type", kind)
    told = {"From": "MAILER-DAEMON@mx.example.net", "To": to, "Subject": "Undelivered Mail Returned to Sender"}
    for name, value in (told | headers).items():
        message[name] = value
    message.attach(MIMEText("This is the mail system."))
    part = MIMEMessage(Parser().parsestr(fields))
    part.replace_header("Content-Type", f"message/{kind}")
    message.attach(part)
    message.attach(MIMEText(f"Message-ID: {OURS}\nFrom: accueil@example.org\n", "rfc822-headers"))
    return message.as_bytes()


def failed(**fields: str) -> bytes:
    told = {"Final-Recipient": "rfc822; zoe@example.com", "Action": "failed", "Status": "5.1.1"} | fields
    lines = "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in told.items())
    return report("delivery-status", f"Reporting-MTA: dns; mx.example.net\n\n{lines}\n")


def prose(text: str, **headers: str) -> bytes:
    message = EmailMessage()
    told = {"From": "MAILER-DAEMON@mx.example.net", "To": "accueil@example.org", "Subject": "failure notice"}
    for name, value in (told | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


def read(source: bytes) -> Report:
    found = read_mail(source)
    assert isinstance(found, Report)
    return found


def test_a_status_report_tells_what_became_of_the_mail_and_which_it_was() -> None:
    found = read(failed(Diagnostic_Code="smtp; 550 5.1.1 <zoe@example.com>: User unknown"))
    assert found.failures == [Failure("zoe@example.com", Verdict.HARD, "5.1.1", 550)]
    assert not found.complaint
    assert OURS in found.message_ids


def test_our_link_to_unsubscribe_is_found_in_the_mail_that_comes_back() -> None:
    ours = f"Feedback-Type: abuse\nList-Unsubscribe: <https://hote.example.org/u/{TOKEN}>\n"
    for source in (report("feedback-report", ours), prose(f"550 No such user\n\nhttps://hote.example.org/u/{TOKEN}\n")):
        assert read(source).unsubscribe_tokens == [TOKEN]


def test_our_return_path_is_found_wherever_it_stands_and_however_it_is_written() -> None:
    address = f"Bounce+{TOKEN.upper()}@example.org"
    for source in (
        report("delivery-status", "Final-Recipient: rfc822; z@example.com\nAction: failed\n", to=address),
        report("delivery-status", f"Original-Recipient: rfc822;{address}\nAction: failed\nStatus: 5.1.1\n"),
        report("feedback-report", f"Feedback-Type: abuse\nOriginal-Mail-From: <{address}>\n"),
        prose(f"550 No such user\n\nReturn-Path: <{address}>\n"),
        *(prose("550 No such user", **{name: address}) for name in ("Delivered_To", "X_Original_To", "Envelope_To")),
    ):
        assert [each.lower() for each in read(source).return_tokens] == [TOKEN]


@pytest.mark.parametrize(("kind", "complains"), [("abuse", True), ("fraud", True), ("opt-out", True),
                                                 ("not-spam", False), ("auth-failure", False)])  # fmt: skip
def test_a_feedback_report_is_a_complaint_unless_nobody_complains(kind: str, complains: bool) -> None:
    found = read_mail(report("feedback-report", f"Feedback-Type: {kind}\nUser-Agent: Example/1\nVersion: 1\n"))
    assert isinstance(found, Report) == complains
    assert isinstance(found, Report) or found.automatic


def test_a_complaint_of_outlook_is_known_by_the_mail_that_it_brings_back() -> None:
    ours = f"X-HmXmrOriginalRecipient: zoe@example.com\nMessage-ID: {OURS}\n\nVotre avis"
    message = MIMEMultipart("mixed", _subparts=[MIMEMessage(Parser().parsestr(ours))])
    message["From"] = "staff@hotmail.com"
    found = read(message.as_bytes())
    assert (found.complaint, found.message_ids) == (True, [OURS])


@pytest.mark.parametrize(
    ("action", "status", "diagnosis", "verdict"),
    [
        ("failed", "5.1.1", "", Verdict.HARD),
        ("failed", "5.1.10", "", Verdict.HARD),
        ("failed", "5.0.0", "smtp; 550 user unknown", Verdict.HARD),
        ("failed", "5.0.0", "smtp; 550 5.1.2 host", Verdict.HARD),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", Verdict.HARD),
        ("failed", "5.4.4", "", Verdict.HARD),
        ("failed", "5.2.2", "", Verdict.SOFT),
        ("failed", "5.1.1", "552 mailbox is full (#5.1.1)", Verdict.SOFT),
        ("failed", "5.2.1", "550 account disabled", Verdict.SOFT),
        ("failed", "5.7.1", "550 5.7.1 no such user may write here", Verdict.SOFT),
        ("failed", "5.1.8", "", Verdict.SOFT),
        ("failed", "4.4.7", "", Verdict.SOFT),
        ("failed", "4.1.1", "450 4.1.1 user unknown, try again", Verdict.SOFT),
        ("failed", "5.0.0", "550 user unknown (in reply to end of DATA command)", Verdict.SOFT),
        ("failed", "", "", Verdict.SOFT),
        ("delayed", "5.1.1", "", Verdict.SOFT),
        ("delivered", "2.0.0", "", Verdict.OTHER),
        ("relayed", "", "", Verdict.OTHER),
    ],
)
def test_the_code_counts_and_where_it_does_not_tell_the_words(
    action: str, status: str, diagnosis: str, verdict: Verdict
) -> None:
    assert verdict_of(action, status, diagnosis, "")[0] is verdict


def test_no_address_on_the_internet_is_taken_for_a_code() -> None:
    assert verdict_of("failed", "", "from 5.1.1.7 and 15.1.1", "") == (Verdict.SOFT, "5.0.0")


def test_a_mail_system_that_writes_prose_is_read_by_recipient() -> None:
    found = read(
        prose(
            "I wasn't able to deliver your message.\n\n"
            "<zoe@example.com>:\n550 5.1.1 user unknown\n\n<ana@example.com>:\n552 5.2.2 mailbox full\n\n"
            f"--- Below this line is a copy of the message.\n\nReturn-Path: <a@example.org>\nMessage-ID: {OURS}\n"
            "To: zoe@example.com\n\n550 5.7.1 is in our mail\n"
        )
    )
    assert found.failures == [
        Failure("zoe@example.com", Verdict.HARD, "5.1.1", 550),
        Failure("ana@example.com", Verdict.SOFT, "5.2.2", 552),
    ]
    assert OURS in found.message_ids


def test_a_report_whose_form_is_broken_is_read_all_the_same() -> None:
    source = failed().replace(b'boundary="', b'boundary="not-')
    assert read(source).failures == [Failure("zoe@example.com", Verdict.HARD, "5.1.1")]


PERSON = "Zoé <zoe@example.com>"


@pytest.mark.parametrize(
    "headers",
    [
        {"From": PERSON, "Auto_Submitted": "auto-replied"},
        {"From": PERSON, "Auto_Submitted": "auto-replied (vacation)", "Return_Path": "<>"},
        {"From": PERSON, "X_Autoreply": "yes", "Precedence": "bulk", "Return_Path": "<>"},
        {"From": PERSON, "X_Autorespond": "yes", "Return_Path": "<>"},
        {"From": PERSON, "X_Auto_Response_Suppress": "All", "Return_Path": "<>"},
        {"From": PERSON, "Precedence": "auto_reply"},
        {"Subject": "Out of Office: Votre avis"},
        {"Subject": "Réponse automatique : Votre avis", "Return_Path": "<>", "From": PERSON},
        {"Subject": "Automatische Antwort: Ihre Meinung", "Return_Path": "<>", "From": PERSON},
        {"Subject": "Absence du bureau", "From": "postmaster@example.com", "Return_Path": "<>"},
    ],
)
@pytest.mark.parametrize(
    "text", ["Je suis absente.", "I have returned 5 mails; 550 failed. User unknown, mailbox full."]
)
def test_an_absence_note_is_no_bounce(headers: dict[str, str], text: str) -> None:
    found = read_mail(prose(text, **headers))
    assert isinstance(found, IncomingMail)


@pytest.mark.parametrize(
    ("subject", "automatic"),
    [
        ("Auto reply: Votre avis", True),
        ("=?utf-8?q?R=C3=A9ponse_automatique_=3A_Votre_avis?=", True),
        ("Automatische Antwort: Ihre Meinung", True),
        ("Out of Office: Your stay", True),
        ("Re: Automatic reply: Your stay", False),
        ("Absence de serviettes : plainte", False),
    ],
)
def test_where_nothing_else_tells_an_automatic_answer_is_known_by_its_subject(subject: str, automatic: bool) -> None:
    found = read_mail(f"From: zoe@example.com\nSubject: {subject}\n\nBonjour".encode())
    assert isinstance(found, IncomingMail)
    assert found.automatic == automatic


def test_a_person_who_writes_of_errors_reports_nothing() -> None:
    text = "Final-Recipient: rfc822; x@example.com\nAction: failed\nStatus: 5.1.1\n\nMy mail was returned: 550 error."
    found = read_mail(prose(text, From=PERSON, Subject="Undelivered"))
    assert isinstance(found, IncomingMail)
    assert not found.automatic


def test_a_read_receipt_is_no_bounce() -> None:
    fields = "Final-Recipient: rfc822; zoe@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    found = read_mail(report("disposition-notification", fields, From=PERSON, Subject="Lu : Votre avis"))
    assert isinstance(found, IncomingMail)
    assert found.automatic


@needs_data
def test_of_real_reports_nine_recipients_in_ten_are_judged_right_and_no_absence_note_is_a_bounce() -> None:
    labels = defaultdict(list)
    with (DATA / "labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            labels[row["file"]].append(row)
    table: Counter[tuple[str, str]] = Counter()
    misses = []
    for name, rows in labels.items():
        found = read_mail((DATA / "mails" / name).read_bytes())
        if rows[0]["reason"] == "vacation":
            assert isinstance(found, IncomingMail), name
        for row, got in zip(rows, judged(found, len(rows)), strict=True):
            wanted = expected(row)
            table[wanted, got] += 1
            if got != wanted:
                misses.append(f"{name} {row['recipient_index']}: {row['reason']}, not {got}")
    print(*(f"{wanted:5} judged {got:7} {number:4}" for (wanted, got), number in sorted(table.items())), sep="\n")
    print(*misses, sep="\n")
    right = sum(number for (wanted, got), number in table.items() if wanted == got)
    assert right >= 0.9 * table.total()


def judged(found: IncomingMail | Report, recipients: int) -> list[str]:
    """What is said of each recipient; nothing said of any, and a complaint, are nothing against them."""
    if isinstance(found, IncomingMail):
        return ["nothing"] * recipients
    if found.complaint:
        return ["other"] * recipients
    return [*(each.verdict.value for each in found.failures), *["nothing"] * recipients][:recipients]


def expected(row: dict[str, str]) -> str:
    if row["reason"] in ("vacation", "delivered"):
        return "nothing"
    return "other" if row["reason"] == "feedback" else "hard" if row["hardbounce"] == "true" else "soft"


@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(["delivery-status", "feedback-report", "x"]))
def test_no_report_breaks_the_reading(fields: str, subject: str, kind: str) -> None:
    lines = [
        *("From: MAILER-DAEMON@example.net", f"Subject: {subject}", 'Content-Type: multipart/report; boundary="a"'),
        *("", "--a", f"Content-Type: message/{kind}", "", f"Action: failed\nFinal-Recipient: {fields}", "--a--"),
    ]
    found = read_mail("\n".join(lines).encode("utf-8", "surrogatepass"))
    assert isinstance(found, Report | IncomingMail)
