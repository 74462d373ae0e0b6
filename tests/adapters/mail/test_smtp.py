"""Mails over SMTP: what is final, what is tried again, and that a password goes over TLS alone."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from adapters.mail import smtp as adapter
from adapters.mail.smtp import Smtp, SmtpServer, smtp_server
from application.ports import MailDelayed, MailRefused
from tests.adapters.mail.server import OK, MailServer, mail_server
from tests.installation import free_port


def mail(to: str = "zoe@example.com", text: str = "Merci !") -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = Address("Hôtel du Port", addr_spec="accueil@example.org")
    username, _, domain = to.partition("@")
    message["To"] = Address(username=username, domain=domain)
    message["Subject"] = "Votre séjour"
    message.set_content(text, cte="quoted-printable")
    return message


@pytest.fixture
def sending(smtp: MailServer) -> Iterator[Smtp]:
    sending = Smtp(smtp_server(smtp.url))
    yield sending
    sending.close()


def test_a_mail_arrives_as_it_was_written(smtp: MailServer, sending: Smtp) -> None:
    text = "Chère Zoé,\n.\n.. à bientôt\nFrom nous tous\n" + "é" * 2_000 + "\n"
    sending.send(mail(text=text))
    [taken] = smtp.taken
    assert smtp.recipients == ["zoe@example.com"]
    assert (taken["Subject"], taken["From"]) == ("Votre séjour", "Hôtel du Port <accueil@example.org>")
    assert taken.get_content().replace("\r\n", "\n") == text
    assert max(map(len, smtp.sources[0].splitlines())) <= 78
    assert smtp.sources[0].isascii()


def test_several_mails_go_over_one_connection(smtp: MailServer, sending: Smtp) -> None:
    for _ in range(5):
        sending.send(mail())
    assert (len(smtp.taken), len(smtp.sessions)) == (5, 1)


@pytest.mark.parametrize("status", [550, 553, 554])
@pytest.mark.parametrize("where", ["to_recipient", "to_content"])
def test_what_a_server_refuses_for_ever_is_refused(smtp: MailServer, sending: Smtp, where: str, status: int) -> None:
    setattr(smtp, where, lambda *_: f"{status} 5.1.1 no")
    with pytest.raises(MailRefused) as refused:
        sending.send(mail())
    assert (refused.value.status, refused.value.told) == (status, "5.1.1 no")
    assert str(refused.value) == f"refused with {status}"
    setattr(smtp, where, lambda *_: OK)
    sending.send(mail())
    assert len(smtp.taken) == 1


@pytest.mark.parametrize("where", ["to_recipient", "to_content"])
@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "421 closing", "451 later"])
def test_what_a_server_puts_off_is_delayed(smtp: MailServer, sending: Smtp, where: str, answer: str) -> None:
    setattr(smtp, where, lambda *_: answer)
    with pytest.raises(MailDelayed, match=answer[:3]):
        sending.send(mail())
    setattr(smtp, where, lambda *_: OK)
    sending.send(mail())
    assert len(smtp.taken) == 1


def test_a_connection_that_is_cut_delays_a_mail_and_the_next_has_another(smtp: MailServer, sending: Smtp) -> None:
    sending.send(mail())
    smtp.to_content = lambda: ""
    with pytest.raises(MailDelayed, match="SMTPServerDisconnected"):
        sending.send(mail())
    smtp.to_content = lambda: OK
    sending.send(mail())
    assert (len(smtp.taken), len(smtp.sessions)) == (2, 2)


def test_a_server_that_ended_the_connection_between_two_mails_gets_another() -> None:
    with mail_server() as server:
        sending = Smtp(smtp_server(server.url))
        sending.send(mail())
        port = server.port
    with mail_server(port=port) as server:
        sending.send(mail())
        assert len(server.taken) == 1
        sending.close()


def test_a_server_that_says_nothing_delays_a_mail(
    smtp: MailServer, sending: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "TIMEOUT", 0.2)
    with smtp.held(), pytest.raises(MailDelayed, match="SMTPServerDisconnected"):
        sending.send(mail())


def test_where_no_server_is_a_mail_is_delayed() -> None:
    with pytest.raises(MailDelayed, match="ConnectionRefusedError"):
        Smtp(smtp_server(f"smtp://127.0.0.1:{free_port()}")).send(mail())


def test_an_address_that_the_server_cannot_spell_is_refused() -> None:
    with mail_server(utf8=False) as server, pytest.raises(MailRefused) as refused:
        Smtp(smtp_server(server.url)).send(mail("zoé@example.com"))
    assert refused.value.status == 553


def test_an_address_that_the_server_can_spell_is_reached(smtp: MailServer, sending: Smtp) -> None:
    sending.send(mail("zoé@example.com"))
    assert smtp.recipients == ["zoé@example.com"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of this machine, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


@pytest.fixture
def with_tls(certificate: Path) -> Iterator[MailServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mail_server(tls=context) as server:
        yield server


def logged_in(server: MailServer, password: str) -> Smtp:
    return Smtp(smtp_server(f"smtp://hotel:{password}@127.0.0.1:{server.port}"))


def test_a_login_goes_over_tls(with_tls: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sending = logged_in(with_tls, "s3cret%2F%40")
    sending.send(mail())
    sending.close()
    assert with_tls.logins == [(b"hotel", b"s3cret/@")]
    assert len(with_tls.taken) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_password(with_tls: MailServer) -> None:
    with pytest.raises(MailDelayed, match="SSLCertVerificationError"):
        logged_in(with_tls, "s3cret%2F%40").send(mail())
    assert with_tls.logins == []


def test_a_password_that_is_wrong_delays_mails_until_it_is_mended(
    with_tls: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(MailDelayed, match="SMTPAuthenticationError 535"):
        logged_in(with_tls, "wrong").send(mail())


def test_no_password_goes_to_a_server_without_tls() -> None:
    with mail_server(careless=True) as server:
        with pytest.raises(MailDelayed, match="SMTPNotSupportedError"):
            logged_in(server, "s3cret%2F%40").send(mail())
        assert (server.logins, server.taken) == ([], [])


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", SmtpServer("localhost", 587, False, None, "")),
        ("smtp://localhost:25/", SmtpServer("localhost", 25, False, None, "")),
        ("smtps://mail.example.com", SmtpServer("mail.example.com", 465, True, None, "")),
        ("smtp://a%40b:p%3Aw%2F@[::1]:2525", SmtpServer("::1", 2525, False, "a@b", "p:w/")),
    ],
)
def test_the_address_of_a_server(url: str, server: SmtpServer) -> None:
    assert smtp_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:25",
        "http://u:s3cret@h",
        "smtp://",
        "smtp://u:s3cret@h:99999",
        "smtp://u:s3cret@h/x",
        "smtp://u:s3cret@h?x",
    ],
)
def test_what_is_no_address_of_a_server_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match="not") as refused:
        smtp_server(url)
    assert "s3cret" not in str(refused.value)
