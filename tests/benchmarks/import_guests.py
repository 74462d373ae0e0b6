"""From a list's bytes to its guests in the list: `python -m tests.benchmarks.import_guests [--rows 100000]`.

A `hote serve` process is sent the list over HTTP, told to commit it at once, and asked until the guest list holds it.
The rows are the columns of hotel_bookings.csv.gz where the shared data folder is there, over and over if more rows are
asked for, with generated names and addresses; elsewhere all is generated. Beside it, on the same server, a loop of the
library's own `Application.save`: an aggregate for each of the same rows, one event each, in clear and not judged.

Wall time suffers from whatever else the machine does; the processor time of a row does not.
"""

import argparse
import csv
import gzip
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from psycopg.conninfo import conninfo_to_dict

from adapters.demo.people import people
from adapters.postgres import embedded
from tests.installation import HOTE, answers, free_port

BOOKINGS = Path(__file__).parents[2] / "../shared/data/bookings/hotel_bookings.csv.gz"
LOOP_ROWS = 5_000
POLL_SECONDS = 0.1
MEGABYTE = 1_000_000


def guests(count: int) -> Iterator[list[str]]:
    """The header, then the rows."""
    yield from (
        [*booking, *guest]
        for booking, guest in zip(bookings(), persons(count), strict=False)  # bookings never end
    )


def persons(count: int) -> Iterator[Sequence[str]]:
    yield ["first_name", "last_name", "email", "phone", "street", "postal_code", "city"]
    for each in people(count, seed=7):
        named = (each.first_name, each.last_name, each.email, each.phone, each.street, each.postal_code, each.city)
        yield [text or "" for text in named]


def bookings() -> Iterator[Sequence[str]]:
    if not BOOKINGS.exists():
        yield ["arrival", "nights", "room"]
        while True:
            yield from ([f"2026-{day % 12 + 1:02}-{day % 28 + 1:02}", str(day % 9), str(day)] for day in range(1, 500))
    first = True
    while True:
        with gzip.open(BOOKINGS, "rt", encoding="utf-8", newline="") as text:
            yield from islice(csv.reader(text), 0 if first else 1, None)
        first = False


def write_list(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(guests(rows))


class Usage:
    """Of a process and all it started: processor seconds since the beginning, and the most memory held at once."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._before = self._seconds()

    def family(self) -> Iterator[psutil.Process]:
        yield self._process
        yield from self._process.children(recursive=True)

    def seconds(self) -> float:
        return self._seconds() - self._before

    def _seconds(self) -> float:
        total = 0.0
        for process in self.family():
            try:
                total += sum(process.cpu_times()[:4])  # its own, and those of its children that have ended
            except psutil.NoSuchProcess:
                continue
        return total

    def bytes(self) -> int:
        total = 0
        for process in self.family():
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total


@contextmanager
def watched(usage: Usage) -> Iterator[Callable[[], int]]:
    """Gives the most bytes seen so far."""
    ended, most = threading.Event(), usage.bytes()

    def watch() -> None:
        nonlocal most
        while not ended.wait(POLL_SECONDS):
            most = max(most, usage.bytes())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: most
    finally:
        ended.set()
        thread.join()


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[int]:
    """Gives the process id of the server."""
    with subprocess.Popen([*HOTE, "serve", "--port", str(port)], env=environment) as server:
        try:
            yield server.pid
        finally:
            server.terminate()


def init(environment: dict[str, str]) -> tuple[str, str]:
    """The property and the key of a new organisation."""
    told = subprocess.check_output([*HOTE, "init", "--organisation", "Rivage", "--property", "Port"], env=environment)
    founded = json.loads(told)
    return founded["property_id"], founded["key"]


def wait_until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(POLL_SECONDS)


def measure_import(path: Path, rows: int, url: str, home: Path, postgres: psutil.Process) -> float:
    """Prints the steps, and gives rows per second over all of them."""
    environment = {**os.environ, "HOTE_HOME": str(home), "HOTE_DATABASE_URL": url, "HOTE_UPLOAD_LIMIT": "1000000000"}
    property_id, key = init(environment)
    port = free_port()
    with (
        serving(environment, port) as pid,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}, timeout=3600
        ) as client,
    ):
        wait_until(lambda: answers(port))
        server, database = Usage(psutil.Process(pid)), Usage(postgres)
        with watched(server) as most, path.open("rb") as file:
            begun = time.perf_counter()
            answer = client.post("/v1/imports", files={"file": file}, data={"property_id": property_id})
            answer.raise_for_status()
            draft = f"/v1/imports/{answer.json()['id']}"
            uploaded = time.perf_counter()
            client.post(f"{draft}/commit").raise_for_status()
            wait_until(lambda: client.get(draft).json()["state"] in ("done", "failed"))
            done = time.perf_counter()
            wait_until(lambda: is_current(client))
            visible = time.perf_counter()
            told = client.get(draft).json()
            memory = most()
        python, sql = server.seconds(), database.seconds()
        found = client.get("/v1/guests", params={"count": "true", "limit": 1}).json()["total"]
    assert told["state"] == "done", told
    assert found == told["created"], (found, told["created"])
    counts = {name: told[name] for name in ("created", "updated", "unchanged", "refused")}
    print(f"{rows:,} rows, {path.stat().st_size / MEGABYTE:.0f} MB: {counts}")
    for name, seconds in (
        ("upload, bytes to draft", uploaded - begun),
        ("commit, to done", done - uploaded),
        ("until all are in the list", visible - done),
        ("together", visible - begun),
    ):
        print(f"  {name:<28} {seconds:7.1f} s   {rows / max(seconds, 1e-3):9,.0f} rows/s")
    print(f"  processor time of a row      {python / rows * 1e6:7.0f} µs Python, {sql / rows * 1e6:.0f} µs Postgres")
    print(f"  most memory, all processes   {memory / MEGABYTE:7.0f} MB (Postgres apart)")
    return rows / (visible - begun)


def is_current(client: httpx.Client) -> bool:
    return client.get("/readyz").is_success and all(
        each["behind_events"] == 0 for each in client.get("/readyz").json()["projections"]
    )


class Listed(Aggregate):
    """A guest as the library alone would keep one."""

    def __init__(self, cells: dict[str, str]) -> None:
        self.cells = cells


def measure_loop(path: Path, url: str) -> float:
    """Rows per second of the library's own way."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA library")
    where = conninfo_to_dict(url)
    library: Application[UUID] = Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(where["dbname"]),
            "POSTGRES_HOST": str(where["host"]),
            "POSTGRES_USER": str(where["user"]),
            "POSTGRES_PASSWORD": "",
            "POSTGRES_SCHEMA": "library",
        }
    )
    with path.open(encoding="utf-8", newline="") as file:
        begun = time.perf_counter()
        for row in islice(csv.DictReader(file), LOOP_ROWS):
            library.save(Listed(row))
        rate = LOOP_ROWS / (time.perf_counter() - begun)
    library.close()
    return rate


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    print(f"columns of {BOOKINGS.name}" if BOOKINGS.exists() else "generated columns: the shared data is not there")
    with tempfile.TemporaryDirectory(prefix="hote") as folder:
        path = Path(folder) / "guests.csv"
        write_list(path, rows)
        postgres = embedded.start(Path(folder) / "postgres")
        try:
            process = psutil.Process(postgres.get_pid())
            rate = measure_import(path, rows, postgres.get_uri(), Path(folder), process)
            loop = measure_loop(path, postgres.get_uri())
            print(f"  a loop of Application.save {loop:34,.0f} rows/s   × {rate / loop:.1f}")
        finally:
            postgres.cleanup()


if __name__ == "__main__":
    main()
