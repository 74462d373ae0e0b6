"""Access tokens: the provider's are taken, and none of the known forgeries."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

from adapters.http.oidc import ProviderUnreachable, TokenRefused, TokenVerifier
from domain.access import Role

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

ISSUER = "https://login.example.com/"
AUDIENCE = "https://hote.example.com"
ORGANISATION = UUID("0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20")
RSA = rsa.generate_private_key(65537, 2048)


def public_jwk(key: PrivateKey, kid: str) -> dict[str, object]:
    match key:
        case rsa.RSAPrivateKey():
            return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "alg": "RS256"}
        case ec.EllipticCurvePrivateKey():
            return ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid}
        case _:
            return OKPAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid}


class Provider:
    """Hands out its keys over HTTP, and counts how often."""

    def __init__(self) -> None:
        self.keys: list[dict[str, object]] = [public_jwk(RSA, "rsa")]
        self.answer: bytes | None = None
        self.fetches = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.fetches += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(provider.answer or json.dumps({"keys": provider.keys}).encode())

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever)
    thread.start()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
    thread.join()


@pytest.fixture
def verifier(provider: Provider) -> TokenVerifier:
    return TokenVerifier(ISSUER, AUDIENCE, provider.url)


def usual_claims() -> dict[str, object]:
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "marie",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
        "hote_organisation": str(ORGANISATION),
        "hote_role": "manager",
    }


def token(
    *, key: PrivateKey = RSA, algorithm: str = "RS256", kid: str = "rsa", claims: Mapping[str, object] | None = None
) -> str:
    """As the provider would sign it, but for what is given."""
    return jwt.encode(usual_claims() | dict(claims or {}), key, algorithm, {"kid": kid})


def test_a_valid_token_says_who_calls(verifier: TokenVerifier) -> None:
    known = verifier.verify(token(claims={"hote_properties": [str(ORGANISATION)]}))
    assert (known.subject, known.organisation, known.role) == ("marie", ORGANISATION, Role.MANAGER)
    assert known.properties == (ORGANISATION,)
    assert verifier.verify(token()).properties is None


def test_elliptic_curves_are_taken_too(provider: Provider, verifier: TokenVerifier) -> None:
    curve, edwards = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    provider.keys += [public_jwk(curve, "curve"), public_jwk(edwards, "edwards")]
    assert verifier.verify(token(key=curve, algorithm="ES256", kid="curve")).subject == "marie"
    assert verifier.verify(token(key=edwards, algorithm="EdDSA", kid="edwards")).subject == "marie"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://evil.example.com/"),
        ("aud", "https://elsewhere.example.com"),
        ("exp", datetime(2020, 1, 1, tzinfo=UTC)),
        ("nbf", datetime(2100, 1, 1, tzinfo=UTC)),
        ("hote_organisation", "mine"),
        ("hote_role", "owner"),
        ("hote_properties", ["x"]),
        ("sub", "x" * 256),
        ("sub", "\ud800"),
    ],
)
def test_a_claim_that_is_wrong_is_refused(verifier: TokenVerifier, name: str, value: object) -> None:
    with pytest.raises(TokenRefused):
        verifier.verify(token(claims={name: value}))


@pytest.mark.parametrize("name", usual_claims())
def test_a_claim_that_is_missing_is_refused(verifier: TokenVerifier, name: str) -> None:
    left = {key: value for key, value in usual_claims().items() if key != name}
    with pytest.raises(TokenRefused):
        verifier.verify(jwt.encode(left, RSA, "RS256", {"kid": "rsa"}))


def forged(header: dict[str, object], signature: bytes = b"") -> str:
    parts = [json.dumps(part, default=lambda at: int(at.timestamp())).encode() for part in (header, usual_claims())]
    return b".".join(base64url_encode(part) for part in (*parts, signature)).decode()


@pytest.mark.parametrize("none", ["none", "None", "NONE", "", None])
def test_a_token_without_a_signature_is_refused(verifier: TokenVerifier, none: str | None) -> None:
    with pytest.raises(TokenRefused):
        verifier.verify(forged({"alg": none, "kid": "rsa", "typ": "JWT"}))


def test_our_public_key_is_no_shared_secret(provider: Provider, verifier: TokenVerifier) -> None:
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = forged({"alg": "HS256", "kid": "rsa"}).rsplit(".", 1)[0]
    signature = base64url_encode(hmac.new(pem, unsigned.encode(), hashlib.sha256).digest()).decode()
    with pytest.raises(TokenRefused, match="algorithm"):
        verifier.verify(f"{unsigned}.{signature}")
    assert provider.fetches == 0


def test_the_signature_of_another_key_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(TokenRefused):
        verifier.verify(token(key=rsa.generate_private_key(65537, 2048)))


def test_a_key_signs_only_by_its_own_algorithm(verifier: TokenVerifier) -> None:
    with pytest.raises(TokenRefused):
        verifier.verify(token(algorithm="PS256"))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "hote_123456"])
def test_what_is_no_token_is_refused_and_not_repeated(verifier: TokenVerifier, text: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(text)
    assert not text or text not in str(refused.value)


def test_keys_are_fetched_once(provider: Provider, verifier: TokenVerifier) -> None:
    for _ in range(10):
        verifier.verify(token())
    assert provider.fetches == 1


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that the pauses between fetches are measured in."""
    clock = Clock()
    monkeypatch.setattr("jwt.jwks_client.time", clock)
    monkeypatch.setattr("jwt.jwk_set_cache.time", clock)
    monkeypatch.setattr("jwt.api_jwk.time", clock)
    monkeypatch.setattr("adapters.http.oidc.time", clock)
    return clock


def test_unknown_keys_are_looked_for_now_and_then(provider: Provider, verifier: TokenVerifier, clock: Clock) -> None:
    new = rsa.generate_private_key(65537, 2048)
    for _ in range(20):
        with pytest.raises(TokenRefused):
            verifier.verify(token(key=new, kid="new"))
    assert provider.fetches == 1
    provider.keys.append(public_jwk(new, "new"))
    clock.now += 31
    assert verifier.verify(token(key=new, kid="new")).subject == "marie"
    assert provider.fetches == 2


def test_a_withdrawn_key_is_forgotten(provider: Provider, verifier: TokenVerifier, clock: Clock) -> None:
    verifier.verify(token())
    provider.keys = [public_jwk(rsa.generate_private_key(65537, 2048), "new")]
    clock.now += 601
    with pytest.raises(TokenRefused):
        verifier.verify(token())


@pytest.mark.parametrize("nonsense", [b"<html>", b"[]", b'{"keys": []}'])
def test_a_failing_provider_is_not_asked_each_time(
    provider: Provider, verifier: TokenVerifier, clock: Clock, nonsense: bytes
) -> None:
    provider.answer = nonsense
    for _ in range(5):
        with pytest.raises(ProviderUnreachable):
            verifier.verify(token())
    assert provider.fetches == 1
    provider.answer = None
    clock.now += 31
    assert verifier.verify(token()).subject == "marie"
