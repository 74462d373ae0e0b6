"""Replays all 119,390 bookings of two real hotels as a PMS tells of them: `python -m tests.benchmarks.bookings`.

One process takes the messages in, 500 at a time as from Kafka, and then brings the lists up. On the way every hundredth
guest is erased. What the lists show must be what the file says, counted in plain Python: by hotel and month, and for
each guest. Beside it, in the same run, the same messages understood, and nothing done.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.bootstrap import Hote, open_hote
from adapters.settings import Settings
from tests.replay.bookings import FILE, Booking, read
from tests.replay.hotels import Hotels, batches, told_of
from tests.replay.pms import messages
from tests.replay.recount import in_file, in_hote

ERASED = 100
"""One guest in this many."""


def main() -> None:
    if not FILE.exists():
        print("left out: ../shared/data/bookings is not on this machine")
        return
    with tempfile.TemporaryDirectory(prefix="hote") as home, open_hote(Settings(home=Path(home))) as hote:
        replay(hote, read())


def replay(hote: Hote, bookings: Sequence[Booking]) -> None:
    hotels = Hotels(hote.log)
    told = list(messages(bookings, hotels.properties))
    half = len(told) // 2
    before = told_of(told[:half])
    people = {each.person for each in bookings if each.person % ERASED == 0 and each.number in before}
    erased = {each.number for each in bookings if each.person in people and each.number in before}
    with timed("understood alone", len(told), "messages"):
        for some in batches(told):
            hotels.understand(some)
    with timed("taken in", half, "messages"):
        hotels.take_in(told[:half])
    with timed("erased", len(people), "guests"):
        hotels.erase(people)
    with timed("taken in, after that", len(told) - half, "messages"):
        hotels.take_in(told[half:])
    with hote.pool.connection() as connection:
        row = connection.execute("SELECT log.settled()").fetchone()
        assert row
        with timed("folded into guests and reservations", row[0], "events"):
            hotels.follow(connection)
        names = {property_id: name for name, property_id in hotels.properties.items()}
        shown = in_hote(connection, names)
    assert shown == in_file(bookings, erased)
    print(f"{len(bookings):,} bookings, {len(shown.guests):,} guests: as the file says")


@contextmanager
def timed(what: str, number: int, unit: str) -> Iterator[None]:
    wall, own = time.perf_counter(), time.process_time()
    yield
    seconds, cpu = time.perf_counter() - wall, time.process_time() - own
    print(
        f"{what}: {number:,} {unit} in {seconds:.1f} s, {number / seconds:,.0f}/s; Python {cpu / number * 1e6:.0f} µs"
    )


if __name__ == "__main__":
    main()
