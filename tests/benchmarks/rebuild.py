"""How fast the guest list is rebuilt from the log: `python -m tests.benchmarks.rebuild [--guests 1000000]`."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote, open_hote
from adapters.demo.people import Person, people
from adapters.settings import Settings
from domain.contact import Address, Profile
from domain.event import Event, Metadata
from domain.guest_events import GuestRegistered, Origin, StayRecorded
from domain.stay import Stay
from projections.guest_list.fold import GuestList
from projections.rebuild import rebuild

BATCH = 2_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--guests", type=int, default=1_000_000)
    guests = parser.parse_args().guests
    with tempfile.TemporaryDirectory() as home, open_hote(Settings(home=Path(home))) as hote:
        seeded = seed(hote, guests)
        measure(hote, seeded)


def seed(hote: Hote, guests: int) -> int:
    """Gives the number of events written."""
    organisation, hotels = uuid7(), [uuid7() for _ in range(3)]
    metadata = Metadata(
        recorded_at=datetime.now(UTC), actor="benchmark", organisation_id=organisation, correlation_id=uuid7()
    )
    everybody, events, started = people(guests, seed=1), 0, time.perf_counter()
    while some := list(islice(everybody, BATCH)):
        batch = [event for person in some for event in told(person, organisation, hotels)]
        hote.log.events.save(*batch, metadata=metadata)
        events += len(batch)
    print(f"seeded {events:,} events at {events / (time.perf_counter() - started):,.0f}/s")
    return events


def told(person: Person, organisation: UUID, hotels: list[UUID]) -> Iterator[Event]:
    guest = uuid7()
    yield GuestRegistered(
        originator_id=guest,
        originator_version=1,
        organisation_id=organisation,
        origin=Origin.IMPORT,
        language=person.language,
        country=person.country,
        profile=Profile(
            salutation=person.salutation,
            first_name=person.first_name,
            last_name=person.last_name,
            emails=(person.email,) if person.email else (),
            phones=(person.phone,) if person.phone else (),
            company=person.company,
            address=Address(street=person.street, postal_code=person.postal_code, city=person.city),
        ),
    )
    for version, visit in enumerate(person.visits, 2):
        stay = Stay(
            property_id=hotels[visit.property_number], arrival=visit.arrival, departure=visit.departure, room=visit.room
        )
        yield StayRecorded(originator_id=guest, originator_version=version, stay_id=uuid7(), stay=stay)


def measure(hote: Hote, events: int) -> None:
    started = folded = time.perf_counter()
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        for step in rebuild(connection, hote.feed, GuestList()):
            if step.doing == "folding":
                folded = time.perf_counter()
    whole = time.perf_counter() - started
    print(f"rebuilt {events:,} events in {whole:.1f} s: {events / whole:,.0f}/s (goal 15,000/s)")
    print(f"  of which indexes and swap {whole - (folded - started):.1f} s")


if __name__ == "__main__":
    main()
