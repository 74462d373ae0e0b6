"""SMS over HTTP: what is final, what is tried again, and that nothing of them or of the password is told."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.settings import Settings
from adapters.sms import gateway as adapter
from adapters.sms.folder import SmsFolder
from adapters.sms.gateway import SmsGateway, gateway_server
from application.ports import SmsDelayed, SmsRefused
from tests.adapters.sms.server import HANG_UP, Gateway, sms_gateway
from tests.installation import free_port

TO, TEXT, KEY = "+33612345678", "Hôtel du Port : merci, Zoé 😀\nÀ bientôt", "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20.0"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with sms_gateway() as gateway:
        yield gateway


def send(gateway: Gateway) -> None:
    SmsGateway(gateway_server(gateway.url)).send(TO, TEXT, KEY)


def test_an_sms_arrives_as_it_was_written(gateway: Gateway) -> None:
    send(gateway)
    assert gateway.taken == [{"to": TO, "text": TEXT, "id": KEY}]
    [headers] = gateway.headers
    assert (headers["Content-Type"], headers["Idempotency-Key"]) == ("application/json", KEY)
    assert "Authorization" not in headers


def test_name_and_password_and_the_whole_address_are_used(gateway: Gateway) -> None:
    url = f"http://h%C3%B4te:s3cret%2F%40@127.0.0.1:{gateway.port}/v2/send?from=Hote"
    SmsGateway(gateway_server(url)).send(TO, TEXT, KEY)
    assert gateway.headers[0]["Authorization"] == "Basic " + b64encode("hôte:s3cret/@".encode()).decode()
    assert gateway.paths == ["/v2/send?from=Hote"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_one(gateway: Gateway, status: int) -> None:
    gateway.status = status
    send(gateway)
    assert len(gateway.taken) == 1


@pytest.mark.parametrize("status", [400, 410, 413, 422])
def test_what_a_gateway_refuses_for_ever_is_refused(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(SmsRefused) as refused:
        send(gateway)
    assert refused.value.status == status


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_a_gateway_puts_off_is_delayed(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(SmsDelayed, match=str(status)):
        send(gateway)


@pytest.mark.parametrize("status", [301, 401, 402, 403, 404, 405])
def test_what_the_operator_has_to_mend_costs_no_guest_their_message(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(SmsDelayed, match=str(status)):
        send(gateway)


def test_a_connection_that_is_cut_delays_an_sms(gateway: Gateway) -> None:
    gateway.status = HANG_UP
    with pytest.raises(SmsDelayed, match="RemoteDisconnected") as delayed:
        send(gateway)
    assert delayed.value.perhaps_taken


def test_a_gateway_that_nobody_finds_delays_an_sms() -> None:
    with pytest.raises(SmsDelayed, match="ConnectionRefusedError") as delayed:
        SmsGateway(gateway_server(f"http://127.0.0.1:{free_port()}")).send(TO, TEXT, KEY)
    assert TO not in str(delayed.value)
    assert not delayed.value.perhaps_taken


def test_a_gateway_that_does_not_answer_is_not_waited_for_without_end(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "TIMEOUT", 0.05)
    gateway.free.clear()
    with pytest.raises(SmsDelayed, match="TimeoutError"):
        send(gateway)


def test_with_an_address_sms_go_there_and_else_into_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = Settings(home=tmp_path).sms_gateway()
    assert isinstance(folder, SmsFolder)
    for _ in range(2):
        folder.send(TO, TEXT, KEY)
    [file] = (tmp_path / "outbox").iterdir()
    assert file.read_text(encoding="utf-8") == f"{TO}\n\n{TEXT}\n"
    monkeypatch.setenv("HOTE_SMS_URL", "https://user:s3cret@sms.example")
    settings = Settings(home=tmp_path)
    assert isinstance(settings.sms_gateway(), SmsGateway)
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smtp://user:s3cret@localhost",
        "https://user:s3cret@",
        "https://user:s3cret@sms.example:99999",
        "https://user:s3cret@sms.example/a#b",
        "https://user:s3cret@sms.example/a b",
        "https://user:s3cret@sms.example/é",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HOTE_SMS_URL", url)
    with pytest.raises(ValidationError, match="sms_url") as refused:
        Settings()
    assert "s3cret" not in str(refused.value)
