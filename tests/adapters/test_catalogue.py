"""The catalogue of events that people read is the one the classes tell."""

from pathlib import Path

from adapters.cli.catalogue import catalogue
from domain.event import Event

WRITTEN = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_written_catalogue_is_what_the_classes_tell() -> None:
    assert WRITTEN.read_text() == catalogue(), "run: make docs/events.md"


def test_every_event_of_the_domain_is_in_it() -> None:
    written = catalogue()
    for event in Event.registry.values():
        if event.__module__.startswith("domain."):
            assert f"### {event.__name__} (version {event.schema_version})" in written
            assert event.__doc__
