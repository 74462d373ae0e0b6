"""An installation of Hôte: a hotel with its organisation, and `hote` in processes as an operator runs it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from adapters.bootstrap import Hote
from adapters.cli.founding import at_the_command_line, found
from application.caller import Caller
from application.ports import Ports
from domain.property import PropertySettings

HOTEL = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")
HOTE = [sys.executable, "-W", "ignore", "-c", "from adapters.cli.main import main; main()"]


class Rivage(NamedTuple):
    """An organisation with one property: whoever may do everything there, and a key to do so over HTTP."""

    caller: Caller
    property_id: UUID
    key: str


def rivage(ports: Ports) -> Rivage:
    """A new one each time."""
    founded = found(ports, "Groupe Rivage", [HOTEL])
    return Rivage(at_the_command_line(ports, founded.organisation_id), founded.property_ids[0], founded.key)


@contextmanager
def running(home: Path, database_url: str, *arguments: str, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`hote` with these arguments; it and what it starts are killed where the context ends.

    What it says is added to the output. To the database it is known by its command.
    """
    ours = {"HOTE_HOME": str(home), "HOTE_DATABASE_URL": database_url, "PGAPPNAME": arguments[0]}
    with output.open("ab") as file:
        process = subprocess.Popen(
            [*HOTE, *arguments], env=os.environ | ours, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # they have all ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def waits_for_a_lock(hote: Hote, command: str) -> bool:
    """Whether some process with this command does, in the database of `hote`."""
    with hote.pool.connection() as connection:
        sql = (
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
            " AND wait_event_type = 'Lock'"
        )
        return connection.execute(sql, [command]).fetchone() is not None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether a server on this machine does."""
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
