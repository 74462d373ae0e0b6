"""A worker that tests kill, or cut off from the database."""

import subprocess
from contextlib import AbstractContextManager

from adapters.bootstrap import Hote
from tests.installation import running


def worker(hote: Hote) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(hote.settings.home, hote.database_url, "worker", output=hote.settings.home / "worker.log")


def cut_off(hote: Hote) -> None:
    with hote.pool.connection() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10_000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'worker'"
        )


def ready(hote: Hote) -> bool:
    return all(each.behind_events == 0 for each in hote.standings())
