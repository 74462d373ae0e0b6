"""Erases again what a restored backup brought back, before anything is served."""

import logging
from itertools import islice

from adapters.erasures.ledger import ErasureLedger
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from application.erasure import erase_again
from application.ports import Ports
from projections.runner import Runner

AT_ONCE = 10_000
PATIENCE = 5.0
"""Seconds between two words about what is waited for."""

logger = logging.getLogger(__name__)


def erase_what_came_back(ports: Ports, log: GuestLog, pool: Pool, ledger: ErasureLedger) -> int:
    """Destroys the keys that are alive and should not be; gives how many. Raises LedgerDamaged.

    A ledger that is gone is written anew from the log.
    """
    if not ledger.path.exists():
        with pool.connection() as connection:
            connection.execute("UPDATE projection.checkpoints SET position = 0 WHERE name = %s", [ledger.name])
        ledger.create()
    entries, again = ledger.entries(), 0
    while some := list(islice(entries, AT_ONCE)):
        keys = log.events.recorder.wrapped_keys([entry.guest_id for entry in some])
        again += erase_again(ports, [entry for entry in some if keys.get(entry.guest_id)])
    if again:
        logger.warning("%d guests came back with a restored backup and were erased again", again)
    return again


def wait_until_erased(pool: Pool, runner: Runner, names: list[str]) -> None:
    """Until these read models have followed the last erasure in the log, however long that takes."""
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT coalesce(max(position), 0) FROM log.events WHERE type IN ('GuestAnonymised', 'GuestDeleted')"
        ).fetchone()
    assert row is not None  # an aggregate always gives one
    for name in names:
        while not runner.wait_for(name, row[0], PATIENCE):
            logger.warning("not serving yet: %s has still to follow the last erasure", name)
