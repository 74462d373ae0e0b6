"""`hote rotate-master-key`: wraps every key under a new master key while the service goes on."""

import os
import time

from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import console, progress_bar, refuse
from adapters.keys import master
from adapters.keys.sources import KEY_BYTES, KeyCommand, KeyFile
from adapters.postgres.keys import RotationRuns, left_to_rewrap, retire, rewrap, rewrap_the_last, the_only_rotation
from adapters.settings import Settings


def rotate_master_key() -> None:
    """Wrap every key under a new master key while the service goes on. If interrupted, run it again: it goes on."""
    with open_hote(Settings()) as hote:
        try:
            with the_only_rotation(hote.pool) as connection:
                rotate(hote, connection)
        except RotationRuns:
            refuse("the master key is being rotated by another process")


def rotate(hote: Hote, connection: Connection[TupleRow]) -> None:
    """What the command does; a second call after an interrupted one ends it."""
    source = hote.master.source
    hote.master.read_again()
    if isinstance(source, KeyFile) and len(hote.master.ids) == 1:
        source.write([os.urandom(KEY_BYTES), *source.read()])
        hote.master.read_again()
        console.print(f"A new master key stands first in {source.path}.")
    _rewrap_all(hote, connection)
    earlier = hote.master.ids[1:]
    if not earlier:
        console.print("There is no earlier master key. To rotate, put a new key before it, and run this again.")
        return

    _wait_for_the_others()
    came_meanwhile = _rewrap_all(hote, connection)
    if came_meanwhile and source is None:
        refuse("a process still has only the earlier HOTE_MASTER_KEY. Restart all, and run this again")
    for id in earlier:
        retire(connection, id)
    rewrap_the_last(connection, hote.master)

    match source:
        case KeyFile():
            source.write(source.read()[:1])
            console.print(f"Every key is under the new master key; {source.path} has no other any more.")
        case KeyCommand():
            console.print("Every key is under the first master key; the command need not print the others any more.")
        case None:
            console.print("Every key is under the first master key; the others can go from HOTE_MASTER_KEY.")
    console.print("Backups of the database made before can only be read with the earlier master key.")


def _rewrap_all(hote: Hote, connection: Connection[TupleRow]) -> int:
    """Of those that nobody else holds; gives how many."""
    done = 0
    with progress_bar() as progress:
        task = progress.add_task("Wrapping keys", total=left_to_rewrap(connection, hote.master))
        for number in rewrap(connection, hote.master):
            done += number
            progress.update(task, completed=done)
    return done


def _wait_for_the_others() -> None:
    """Until every process has read the master key again before it wraps anything."""
    seconds = master.FRESH_SECONDS
    with console.status(f"Waiting {seconds:.0f} s, until every process knows the new key"):
        time.sleep(seconds)
