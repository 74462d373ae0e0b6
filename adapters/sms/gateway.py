"""Hands SMS to a gateway over HTTP."""

import json
import re
from base64 import b64encode
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from application.ports import SmsDelayed, SmsRefused

TIMEOUT = 20.0
"""Seconds for the connection, and for each part of the answer."""

NOT_ITS_FAULT = frozenset([401, 402, 403, 404, 405, 407, 408, 425, 429])
"""Refusals (RFC 9110, 15.5) that are not about this SMS: time mends them, or the operator."""

ASCII = re.compile(r"[!-~]+")
"""What an address is made of; other letters stand in it as %C3%A9."""


class GatewayServer(NamedTuple):
    """Where a gateway is; `authorization` is the header's value (RFC 7617), None where it asks for none."""

    host: str
    port: int
    tls: bool
    path: str
    authorization: str | None


def gateway_server(url: str) -> GatewayServer:
    """From https://user:password@host:8443/path?query. Raises ValueError, which never quotes the address."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if default is None or not parts.hostname or parts.fragment or not ASCII.fullmatch(path):
        raise ValueError("not of the form https://user:password@host/path")
    try:
        port = parts.port or default
    except ValueError:
        raise ValueError("the port is not a number from 1 to 65535") from None
    user = unquote(parts.username or "")
    secret = b64encode(f"{user}:{unquote(parts.password or '')}".encode()).decode()
    return GatewayServer(parts.hostname, port, parts.scheme == "https", path, f"Basic {secret}" if user else None)


class SmsGateway:
    """Implements application.ports.Sms: a POST of {"to", "text", "id"} in JSON for each, on a connection of its own."""

    def __init__(self, server: GatewayServer) -> None:
        self._server = server

    def send(self, to: str, text: str, key: str) -> None:
        host, port, tls, path, authorization = self._server
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if authorization:
            headers["Authorization"] = authorization
        connection = (HTTPSConnection if tls else HTTPConnection)(host, port, timeout=TIMEOUT)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise SmsDelayed(type(error).__name__) from error
            connection.request("POST", path, json.dumps({"to": to, "text": text, "id": key}), headers)
            status = connection.getresponse().status
        except (HTTPException, OSError) as error:
            raise SmsDelayed(type(error).__name__, perhaps_taken=True) from error
        finally:
            connection.close()
        if status in range(400, 500) and status not in NOT_ITS_FAULT:
            raise SmsRefused(status)
        if status not in range(200, 300):
            raise SmsDelayed(f"status {status}", perhaps_taken=status >= 500)
