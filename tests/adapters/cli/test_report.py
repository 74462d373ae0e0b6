"""`hote report`: figures as people in France read them, or as programs do."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from adapters.bootstrap import Hote
from adapters.cli.report_texts import shown
from application.caller import Caller
from domain.catalogue import CodeAdded
from domain.event import Event
from domain.feedback import FeedbackRecorded, FeedbackResolved, Kind, Origin
from domain.money import GivenItem
from projections.lake.names import Value
from tests.adapters.cli.conftest import Terminal

DAY = date(2024, 5, 1)


@pytest.fixture(autouse=True)
def resolved(opened: Hote, caller: Caller) -> None:
    """A complaint about noise, resolved with two bottles for 1,234.50 each."""
    code, feedback = opened.ports.new_id(), opened.ports.new_id()
    with opened.pool.connection() as connection:
        [(property_id,)] = connection.execute("SELECT stream FROM log.events WHERE type = 'PropertyAdded'").fetchall()
    events: list[Event] = [
        CodeAdded(originator_id=code, originator_version=1, organisation_id=caller.organisation_id, name="[b]Bruit"),
        FeedbackRecorded(
            originator_id=feedback,
            originator_version=1,
            organisation_id=caller.organisation_id,
            property_id=property_id,
            subject_id=feedback,
            origin=Origin.STAFF,
            kind=Kind.NEGATIVE,
            said_at=opened.ports.now(),
            day=DAY,
            code_id=code,
            room="1\x1b[31m",
            alert=True,
            words=None,
        ),
        FeedbackResolved(
            originator_id=feedback,
            originator_version=2,
            subject_id=feedback,
            day=DAY + timedelta(1),
            currency="EUR",
            items=(GivenItem(item_id=UUID(int=1), quantity=2, unit_value=123450),),
            comment=None,
        ),
    ]
    opened.log.append(events, caller.metadata(opened.ports.now()))


def test_amounts_are_in_euros_and_the_totals_come_last(terminal: Terminal) -> None:
    told = terminal.hote("report", "complaint-costs", "--by", "code,month")
    assert told.exit_code == 0, told.err
    title, _, row, total = (line.split() for line in told.out.replace("\u202f", "_").splitlines() if line.strip())
    assert title[:5] == ["Code", "Mois", "Devise", "Récl.", "Coût"]
    assert row == ["[b]Bruit", "2024-05", "EUR", "1", "2_469,00", "2_469,00", "–", "–"]
    assert total == ["Total", "EUR", "1", "2_469,00", "2_469,00", "–", "–"]


def test_nothing_in_it_acts_on_the_terminal(terminal: Terminal) -> None:
    for format_ in ("table", "csv"):
        told = terminal.hote("report", "customer-relations", "--by", "room", "--format", format_)
        assert "1�[31m" in told.out
        assert "\x1b" not in told.out


def test_csv_is_for_programs(terminal: Terminal) -> None:
    told = terminal.hote("report", "all-costs", "--from", "2024-05-01", "--to", "2024-05-02", "--format", "csv")
    assert told.out.splitlines() == ["\ufefforigin,currency,gifts,quantity,cost", "complaint,EUR,1,2,246900"]


def test_a_period_without_anything_has_no_rows(terminal: Terminal) -> None:
    told = terminal.hote("report", "complaint-costs", "--to", "2024-05-01", "--format", "csv")
    assert len(told.out.splitlines()) == 1


def test_what_cannot_be_asked_is_refused(terminal: Terminal) -> None:
    exit_code, line = terminal.refused("report", "quality-costs", "--by", "weather")
    assert exit_code == 2
    assert "code, item, property, room, month, origin" in line
    assert terminal.refused("report", "weather")[0] == 2
    assert terminal.refused("report", "recovery", "--from", "1 mai")[0] == 2


@pytest.mark.parametrize(
    ("column", "value", "currency", "text"),
    [
        ("cost", 1234567, "EUR", "12\u202f345,67"),
        ("cost", 1234567, "JPY", "1\u202f234\u202f567"),
        ("cost", 1234567, "TND", "1\u202f234,567"),
        ("cost_per_complaint", 1562.5, "EUR", "15,62"),
        ("share_resolved", 0.8333, None, "83,3\u202f%"),
        ("median_seconds_to_resolution", 59, None, "0\u202fh\u202f00"),
        ("median_seconds_to_resolution", 7_500, None, "2\u202fh\u202f05"),
        ("p90_seconds_to_resolution", 180_000, None, "2\u202fj\u202f2\u202fh"),
        ("average_rating", 8.5, None, "8,50"),
        ("number", 10_000, None, "10\u202f000"),
        ("origin", "quality_cost", None, "coût de la qualité"),
        ("code", "staff", None, "staff"),
        ("code", None, None, "–"),
    ],
)
def test_a_figure_reads_as_it_does_in_france(column: str, value: Value, currency: str | None, text: str) -> None:
    assert shown(column, {column: value, "currency": currency}) == text
