"""The work that goes on beside the requests: imports, and clearing away what has had its time."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from time import monotonic

import psycopg

from application.imports import work
from application.imports.draft import ImportDraft, ImportState, ImportStateWrong, ImportStore
from application.ports import Ports

POLL_SECONDS = 0.1
RETRY_SECONDS = 2.0
CLEARING_SECONDS = 3600.0
DRAFTS_KEPT = timedelta(days=7)

logger = logging.getLogger(__name__)


class Background:
    """A thread that takes up each import that waits; several processes can run it, one works on an import."""

    def __init__(self, ports: Ports, store: ImportStore, clear_expired: Callable[[], object]) -> None:
        self._ports = ports
        self._store = store
        self._clear_expired = clear_expired
        self._cleared_at = float("-inf")
        self._stop = Flag()
        self._thread = Thread(target=self._run, name="background", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait for the end of an import: it goes on from its last chunk at the next start."""
        self._stop.set()
        self._thread.join(timeout=RETRY_SECONDS)

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                if monotonic() - self._cleared_at > CLEARING_SECONDS:
                    self._clear()
                for draft in self._store.at_work():
                    self._proceed(draft)
            except psycopg.OperationalError as error:
                logger.warning("the background lost the database (%s)", type(error).__name__)
                self._stop.wait(RETRY_SECONDS)

    def _clear(self) -> None:
        self._clear_expired()
        self._store.forget_abandoned(self._ports.now() - DRAFTS_KEPT)
        self._cleared_at = monotonic()

    def _proceed(self, draft: ImportDraft) -> None:
        with self._store.lock(draft.id) as mine:
            if not mine or self._stop.is_set():
                return
            try:
                draft = self._store.get(draft.organisation_id, draft.id)
                match draft.state:
                    case ImportState.JUDGING:
                        work.dry_run(self._ports, self._store, draft)
                    case ImportState.RUNNING:
                        work.run(self._ports, self._store, draft)
                    case ImportState.REVERTING:
                        work.take_back(self._ports, self._store, draft)
            except ImportStateWrong:
                pass  # a person changed the draft while it was being judged: it is taken up anew
            except psycopg.OperationalError:
                raise
            except Exception as error:  # whatever it is, the import must stop and say so
                # The type only: the message can hold what the rows hold.
                logger.exception("import %s failed: %s", draft.id, type(error).__name__, exc_info=False)
                draft = self._store.get(draft.organisation_id, draft.id)
                failed = draft.model_copy(update={"state": ImportState.FAILED, "failure": type(error).__name__})
                self._store.save(failed, after=draft.revision)
