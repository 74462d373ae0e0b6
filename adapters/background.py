"""The work that goes on beside the requests: imports, and clearing away what has had its time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.context import SpawnProcess
from threading import Event as Flag
from threading import Thread
from time import monotonic
from uuid import UUID

import psycopg

from adapters.postgres.proof.checkpoints import LogTampered
from application.imports import work
from application.imports.draft import NOTHING, ImportDraft, ImportState, ImportStateWrong, ImportStore
from application.ports import Ports

POLL_SECONDS = 0.1
RETRY_SECONDS = 2.0
CLEARING_SECONDS = 3600.0
CHECKPOINT_SECONDS = 15.0  # between asking whether one is due
DRAFTS_KEPT = timedelta(days=7)
REFUSED_KEPT = timedelta(days=30)
ARRIVALS_KEPT = timedelta(days=90)
"""Since an interface last told of them: who arrived so long ago without a person's yes is forgotten."""

ROWS_AT_HOME = 5_000
"""Longer imports get a process of their own: it takes half a second to start, and leaves this one its interpreter."""

MOST_APART = 2
"""Processes at a time; further long imports wait, short ones do not."""

logger = logging.getLogger(__name__)


class Background:
    """A thread that takes up each import that waits; several processes can run it, one works on an import.

    `apart` makes a process, not started yet, that calls `proceed` with the import. `forget_unanswered` forgets the
    arrivals of which nothing was told since a moment.
    """

    def __init__(
        self,
        ports: Ports,
        store: ImportStore,
        clear_expired: Callable[[], object],
        forget_unanswered: Callable[[datetime], object],
        checkpoint_if_due: Callable[[], object],
        apart: Callable[[ImportDraft], SpawnProcess],
    ) -> None:
        self._ports = ports
        self._store = store
        self._clear_expired = clear_expired
        self._forget_unanswered = forget_unanswered
        self._checkpoint_if_due = checkpoint_if_due
        self._apart = apart
        self._cleared_at = float("-inf")
        self._checkpoint_at = float("-inf")
        self._at_work: dict[UUID, SpawnProcess] = {}
        self._not_before: dict[UUID, float] = {}
        self._stop = Flag()
        self._thread = Thread(target=self._run, name="background", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait for the end of an import: it goes on from its last chunk at the next start."""
        self._stop.set()
        self._thread.join(timeout=RETRY_SECONDS)
        for process in self._at_work.values():
            process.terminate()
            process.join()

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                if monotonic() - self._cleared_at > CLEARING_SECONDS:
                    self._clear()
                if monotonic() - self._checkpoint_at > CHECKPOINT_SECONDS:
                    self._checkpoint()
                self._see_who_ended()
                for draft in self._store.at_work():
                    if draft.rows <= ROWS_AT_HOME:
                        self.proceed(draft)
                    elif self._may_begin(draft):
                        self._at_work[draft.id] = process = self._apart(draft)
                        process.start()
            except psycopg.OperationalError as error:
                logger.warning("the background lost the database (%s)", type(error).__name__)
                self._stop.wait(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001  a thread that ended would leave imports waiting without a word
                logger.error("the background cannot go on (%s)", type(error).__name__)
                self._stop.wait(RETRY_SECONDS)

    def _clear(self) -> None:
        self._clear_expired()
        now = self._ports.now()
        self._store.clear(drafts_before=now - DRAFTS_KEPT, refused_before=now - REFUSED_KEPT)
        self._forget_unanswered(now - ARRIVALS_KEPT)
        self._cleared_at = monotonic()

    def _checkpoint(self) -> None:
        self._checkpoint_at = monotonic()
        try:
            self._checkpoint_if_due()
        except LogTampered as error:  # imports go on: the operator has to find out what happened
            logger.error("no checkpoint: %s", error.detail)

    def _see_who_ended(self) -> None:
        for import_id, process in list(self._at_work.items()):
            if not process.is_alive():
                del self._at_work[import_id]
                if process.exitcode:
                    logger.warning("the process of import %s ended with %d", import_id, process.exitcode)
                    self._not_before[import_id] = monotonic() + RETRY_SECONDS

    def _may_begin(self, draft: ImportDraft) -> bool:
        """Whether a process is to begin with it: none has yet, here or elsewhere, and it is not to wait a while."""
        if draft.id in self._at_work or len(self._at_work) >= MOST_APART:
            return False
        if monotonic() < self._not_before.get(draft.id, 0):
            return False
        with self._store.lock(draft.id) as free:
            if not free:
                self._not_before[draft.id] = monotonic() + RETRY_SECONDS
        return free  # the process takes the lock for itself, and keeps it should this one die

    def proceed(self, draft: ImportDraft) -> None:
        """Works on an import until it rests, unless another process does."""
        with self._store.lock(draft.id) as mine:
            while mine and draft.is_at_work and not self._stop.is_set():
                try:
                    draft = self._store.get(draft.organisation_id, draft.id)
                    draft = self._advance(draft)
                except ImportStateWrong:
                    pass  # a person changed the draft while it was being judged: it is taken up anew
                except psycopg.OperationalError:
                    raise
                except Exception as error:  # whatever it is, the import must stop and say so
                    # The type only: the message can hold what the rows hold.
                    logger.exception("import %s failed: %s", draft.id, type(error).__name__, exc_info=False)
                    draft = self._store.get(draft.organisation_id, draft.id)
                    # Rows that were only judged are still to be worked on, should it be committed all the same.
                    begun = {} if draft.state is ImportState.RUNNING else {"through": 0, "counts": NOTHING}
                    failed = {"state": ImportState.FAILED, "failure": type(error).__name__}
                    draft = draft.model_copy(update=failed | begun)
                    self._store.rest(draft)

    def _advance(self, draft: ImportDraft) -> ImportDraft:
        match draft.state:
            case ImportState.JUDGING:
                return work.dry_run(self._ports, self._store, draft)
            case ImportState.RUNNING:
                return work.run(self._ports, self._store, draft)
            case ImportState.REVERTING:
                return work.take_back(self._ports, self._store, draft)
            case _:
                return draft
