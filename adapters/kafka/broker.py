"""Where the Kafka brokers are and how to log in there: HOTE_KAFKA_BOOTSTRAP, as kafka-python takes it."""

import re
from typing import TypedDict
from urllib.parse import unquote

SECURITY = {
    None: ("PLAINTEXT", None),
    "ssl": ("SSL", None),
    "sasl-plain": ("SASL_SSL", "PLAIN"),
    "sasl-scram": ("SASL_SSL", "SCRAM-SHA-512"),
}
"""By scheme: security protocol and SASL mechanism. A password is never sent over an unverified connection."""

ADDRESS = re.compile(
    r"((?P<scheme>[a-z-]+)://)?((?P<user>[^:@/]+):(?P<password>[^:@/]+)@)?"
    r"(?P<servers>[a-zA-Z0-9._-]+:[0-9]{1,5}(,[a-zA-Z0-9._-]+:[0-9]{1,5})*)"
)


class Connection(TypedDict):
    """Keyword arguments of every client of kafka-python."""

    bootstrap_servers: list[str]
    security_protocol: str
    sasl_mechanism: str | None
    sasl_plain_username: str | None
    sasl_plain_password: str | None


def connection(address: str) -> Connection:
    """Of `host:port,host:port`, or that after `ssl://`, `sasl-plain://user:password@`, `sasl-scram://user:password@`.

    Raises ValueError, which does not repeat the address.
    """
    found = ADDRESS.fullmatch(address)
    if found is None or (found["scheme"] not in SECURITY):
        raise ValueError("not host:port,host:port after nothing, ssl://, sasl-plain://user:password@ or sasl-scram://…")
    protocol, mechanism = SECURITY[found["scheme"]]
    if (mechanism is not None) != (found["user"] is not None):
        raise ValueError("user and password go with sasl-plain:// and sasl-scram://, and with nothing else")
    return Connection(
        bootstrap_servers=found["servers"].split(","),
        security_protocol=protocol,
        sasl_mechanism=mechanism,
        sasl_plain_username=unquote(found["user"]) if found["user"] else None,
        sasl_plain_password=unquote(found["password"]) if found["password"] else None,
    )
