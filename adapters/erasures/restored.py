"""Erases again what a restored backup brought back, before anything is served."""

import logging
from itertools import islice
from threading import Event as Flag
from uuid import UUID

from adapters.erasures.ledger import ErasureLedger, LedgerUnknown
from adapters.postgres.guest_log import GuestLog
from application.arrivals import forget_arrivals
from application.erasure.made import erase_again
from application.ports import Ports
from domain.arrival import RefusedFor
from domain.erasure import About
from projections.runner import Runner

AT_ONCE = 10_000
PATIENCE = 2.0
"""Seconds between two words about what is waited for."""

logger = logging.getLogger(__name__)


def erase_what_came_back(ports: Ports, log: GuestLog, runner: Runner, ledger: ErasureLedger) -> None:
    """Destroys the keys that are alive and should not be. Raises LedgerUnknown.

    The very first start makes the ledger. Later one that is not there is missing: it may say more than a restored log
    does. One that says less, as an empty one that a person made or an older copy, is completed from the log.
    """
    if not ledger.path.exists():
        if runner.progress(ledger.name)[0] >= 0:
            raise LedgerUnknown(
                f"the erasure ledger {ledger.path} is missing: put it back, or, if it is lost for good, make an empty"
                " file there, which is filled with the erasures that this database knows of"
            )
        ledger.create()
    written = runner.progress(ledger.name)[0]  # before it is read, for another process may write to it meanwhile
    lines, again, named = ledger.lines(), 0, set[UUID]()
    while some := list(islice(lines, AT_ONCE)):
        named.update(line.subject_id for line in some)
        keys = log.events.recorder.wrapped_keys([line.subject_id for line in some])
        again += erase_again(ports, [line for line in some if keys.get(line.subject_id)])
        # Guests whom the log has not heard of yet are known, if to anything, to a list or an interface.
        unheard_of = [line for line in some if line.about is About.GUEST and line.subject_id not in keys]
        log.forget_imports_before([(line.organisation_id, line.erased_at) for line in unheard_of])
        for organisation_id, moment in {line.organisation_id: line.erased_at for line in unheard_of}.items():
            pending = sorted(log.pending_arrivals(organisation_id))
            forget_arrivals(ports, organisation_id, pending, moment, RefusedFor.ERASED)
    if again:
        logger.warning("%d erased before came back with a restored backup and were erased again", again)
    if not named.issuperset(log.erased_subjects(written)):
        runner.begin_again(ledger.name)


def wait_until_erased(log: GuestLog, runner: Runner, names: list[str], stop: Flag) -> bool:
    """Whether these read models have followed the last erasure in the log, however long that takes, before `stop`."""
    while not stop.is_set():
        try:
            position = log.last_erasure()
            late = [name for name in names if not runner.wait_for(name, position, PATIENCE)]
            if not late:
                return True
            logger.warning("not serving yet: %s has still to follow the last erasure", ", ".join(late))
        except Exception as error:  # noqa: BLE001  a thread that ended would leave the doors shut without a word
            logger.error("not serving yet: the last erasure cannot be looked for (%s)", type(error).__name__)
            stop.wait(PATIENCE)
    return False
