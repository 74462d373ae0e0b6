"""A thread that does one piece of work after the other, for as long as there is any, and looks for more."""

import logging
from collections.abc import Callable
from threading import Event as Flag
from threading import Thread

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

POLL_SECONDS = 0.1
RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)

Work = Callable[[Connection[TupleRow]], bool]
"""Does a piece; False when there is none that nobody else is at."""


class Worker:
    """Goes on whatever happens to the database, or in a piece of work: that is tried again."""

    def __init__(self, name: str, database_url: str, work: Work, pause: float = POLL_SECONDS) -> None:
        self._name = name
        self._database_url = database_url
        self._work = work
        self._pause = pause
        self._stop = Flag()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the piece at hand."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True) as connection:
                    while not self._stop.is_set():
                        if not self._work(connection):
                            self._stop.wait(self._pause)
            except psycopg.OperationalError as error:
                logger.warning("%s lost the database (%s)", self._name, type(error).__name__)
                self._stop.wait(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001  a thread that ended would leave work undone without a word
                logger.error("%s cannot go on (%s)", self._name, type(error).__name__)
                self._stop.wait(RETRY_SECONDS)
