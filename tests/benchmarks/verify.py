"""How fast the log is verified: `python -m tests.benchmarks.verify [--events 200000]`; the baseline reads it only."""

import argparse
import tempfile
import time
from pathlib import Path

import psycopg

from adapters.bootstrap import Hote, open_hote
from adapters.postgres.proof.verify import verify
from adapters.settings import Settings
from tests.benchmarks.rebuild import seed

EVENTS_PER_GUEST = 2.2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as home, open_hote(Settings(home=Path(home))) as hote:
        seeded = seed(hote, round(events / EVENTS_PER_GUEST))
        measure(hote, seeded)


def measure(hote: Hote, events: int) -> None:
    for what in (f"{events:,} events", "one guest more"):
        started = time.perf_counter()
        hote.checkpoints.newest()
        print(f"checkpoint of {what}: {time.perf_counter() - started:.3f} s")
        events += seed(hote, 1)

    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        started = time.perf_counter()
        with connection.transaction(), connection.cursor("plain", binary=True) as cursor:
            cursor.itersize = 2_000
            for _ in cursor.execute("SELECT * FROM log.events ORDER BY stream, version"):
                pass
        plain = events / (time.perf_counter() - started)
        print(f"plain SELECT of the same rows: {plain:,.0f} events/s")

        started = time.perf_counter()
        verification = verify(connection, hote.signer.public_key)
        rate = events / (time.perf_counter() - started)
        assert verification.is_intact
        assert verification.events == events
        print(
            f"verified: {rate:,.0f} events/s, {rate / plain:.2f} × plain; a million in {1e6 / rate:.1f} s (goal 60 s)"
        )


if __name__ == "__main__":
    main()
