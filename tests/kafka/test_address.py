"""Where the brokers are is read from one line, and what is wrong with it is said without its password."""

import pytest

from adapters.kafka.broker import connection


@pytest.mark.parametrize(
    ("address", "protocol", "mechanism", "user", "password"),
    [
        ("kafka:9092", "PLAINTEXT", None, None, None),
        ("ssl://kafka:9092", "SSL", None, None, None),
        ("sasl-plain://hote:p%40ss%3A@kafka:9092", "SASL_SSL", "PLAIN", "hote", "p@ss:"),
        ("sasl-scram://hote:secret@kafka:9092", "SASL_SSL", "SCRAM-SHA-512", "hote", "secret"),
    ],
)
def test_how_to_log_in(
    address: str, protocol: str, mechanism: str | None, user: str | None, password: str | None
) -> None:
    found = connection(address)
    assert found["bootstrap_servers"] == ["kafka:9092"]
    assert (found["security_protocol"], found["sasl_mechanism"]) == (protocol, mechanism)
    assert (found["sasl_plain_username"], found["sasl_plain_password"]) == (user, password)


def test_there_can_be_several() -> None:
    assert connection("ssl://a.example.com:9093,b.example.com:9094")["bootstrap_servers"] == [
        "a.example.com:9093",
        "b.example.com:9094",
    ]


@pytest.mark.parametrize(
    "address",
    ["", "kafka", "kafka:port", "http://kafka:9092", "sasl-plain://kafka:9092", "hote:secret@kafka:9092", "a:1,,b:2"],
)
def test_what_says_nothing_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"host:port|user and password") as refused:
        connection(address)
    assert "secret" not in str(refused.value)
