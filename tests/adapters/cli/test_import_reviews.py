"""`hote import-reviews`: files of reviews at the terminal, also real ones, twice, at once, and killed in the middle."""

import signal
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from adapters.bootstrap import Hote
from application.organisation import add_property, load_property
from application.reviews.load import load
from application.reviews.properties import all_to
from application.reviews.read import Choices, open_reviews
from domain.event import Recorded
from domain.feedback import FeedbackRecorded
from domain.property import PropertyAdded
from projections.settings.fold import Settings
from tests.adapters.cli.conftest import Terminal
from tests.installation import HOTEL, Rivage, rivage, running
from tests.waiting import eventually

DATA = Path(__file__).parents[3] / "../shared/data/reviews"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/reviews is not on this machine")
MANY = 4_000


@pytest.fixture
def house(opened: Hote) -> Rivage:
    return rivage(opened.ports)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "avis.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def many(folder: Path) -> Path:
    """Every tenth row is there twice."""
    rows = (
        f"2026-01-{1 + number % 28:02};{number % 11};Séjour {number - (number % 10 == 9)}" for number in range(MANY)
    )
    return written(folder, "Date;Note sur 10;Avis", *rows)


def recorded(hote: Hote) -> Sequence[Recorded]:
    """Every event of feedback."""
    with hote.pool.connection() as connection:
        rows = connection.execute("SELECT stream FROM log.events WHERE type = 'FeedbackRecorded' ORDER BY position")
        streams = [stream for (stream,) in rows]
    return [each for events in hote.log.streams(streams).values() for each in events]


def properties(hote: Hote) -> list[PropertyAdded]:
    with hote.pool.connection() as connection:
        rows = connection.execute("SELECT stream FROM log.events WHERE type = 'PropertyAdded'").fetchall()
    events = (hote.log.stream(stream)[0].event for (stream,) in rows)
    return [event for event in events if isinstance(event, PropertyAdded)]


def test_reviews_go_to_the_property_that_is_said(terminal: Terminal, opened: Hote, house: Rivage) -> None:
    path = written(Path(), "Date;Note;Avis", "13/01/2026;5;<b>Parfait</b>", "14/01/2026;1;=1+1", "15/01/2026;4;Bien")
    said = terminal.hote("import-reviews", path, "--property", house.property_id, "--portal", "TripAdvisor")
    assert said.exit_code == 0
    assert "Date → date, Note → rating, Avis → comment. Ratings of 5." in " ".join(said.out.split())
    assert "3 rows: 3 loaded, of which 1 alerts; 0 already known; 0 refused." in said.out
    events = [each.event for each in recorded(opened)]
    assert all(isinstance(event, FeedbackRecorded) and event.portal == "tripadvisor" for event in events)
    assert {(each.actor, each.property_id) for each in recorded(opened)} == {("cli", house.property_id)}
    words = {event.words.comment for event in events if isinstance(event, FeedbackRecorded) and event.words}
    assert words == {"<b>Parfait</b>", "=1+1", "Bien"}


def test_twice_changes_nothing(terminal: Terminal, opened: Hote, house: Rivage) -> None:
    path = written(Path(), "Hôtel;Note;Avis", "HOTEL DU PORT;5;Parfait", "Hôtel du Port;5;Parfait")
    assert "2 rows: 2 loaded" in terminal.hote("import-reviews", path, "--create-properties").out
    assert "0 loaded, of which 0 alerts; 2 already known" in terminal.hote("import-reviews", path).out
    assert "2 already known" in terminal.hote("import-reviews", path, "--property", house.property_id).out
    assert len(recorded(opened)) == 2
    assert len(properties(opened)) == 1


@pytest.mark.usefixtures("house")
def test_refused_rows_are_told_with_their_line_and_reason(terminal: Terminal) -> None:
    path = written(
        Path(), "Hôtel;Note;Avis", "Hôtel du Port;cinq;Parfait", "Hôtel du Parc;5;Bien", *["Hôtel du Port;;"] * 10
    )
    said = terminal.hote("import-reviews", path)
    assert said.exit_code == 0
    assert "12 rows: 0 loaded, of which 0 alerts; 0 already known; 12 refused." in said.out
    lines = said.out.splitlines()
    assert any(line.startswith("2 ") and "Note" in line and "rating-invalid" in line for line in lines)
    assert any(line.startswith("3 ") and "Hôtel" in line and "property-unknown" in line for line in lines)
    assert "… and 2 more." in lines
    assert "10 rating-missing, 1 rating-invalid, 1 property-unknown" in " ".join(said.out.split())


@pytest.mark.usefixtures("house")
def test_what_a_person_can_mend_is_said_in_a_line(terminal: Terminal) -> None:
    dated = written(Path(), "Hôtel;Date;Note", "Hôtel du Port;3/8/2017;5")
    bare = Path("bare.csv")
    bare.write_text("Ressenti;Bilan\nBien;5\n", encoding="utf-8")
    for arguments, told in (
        ([dated], "--date-order"),
        ([bare], "--column"),
        ([bare, "--column", "Ressenti=comment", "--column", "Bilan=rating"], "--property"),
        ([bare, "--column", "Ressenti"], "HEADER=FIELD"),
        ([bare, "--column", "Ressenti=feeling"], "HEADER=FIELD"),
        ([bare, "--language", "klingonesque"], "--language"),
        ([dated, "--scale", "1"], "--scale"),
        ([dated, "--date-order", "dmy", "--property", UUID(int=1)], "no such property"),
    ):
        exit_code, line = terminal.refused("import-reviews", *arguments)
        assert exit_code != 0
        assert told in line


def test_columns_can_be_said(terminal: Terminal, opened: Hote, house: Rivage) -> None:
    path = written(Path(), "Ressenti;Bilan", "Bien;40")
    options = ["--column", "ressenti=comment", "--column", "Bilan = rating", "--scale", "50", "--language", "français"]
    assert (
        "1 loaded, of which 0 alerts"
        in terminal.hote("import-reviews", path, "--property", house.property_id, *options).out
    )
    [only] = recorded(opened)
    assert isinstance(only.event, FeedbackRecorded)
    assert only.event.rating is not None
    assert (only.event.rating.score, only.event.language) == (Decimal(8), "fr")


def test_without_a_full_list_of_properties_none_is_made(
    terminal: Terminal, opened: Hote, house: Rivage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hotel could be one that the list lacks."""

    def stand_still(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(Settings, "apply", stand_still)
    path = written(Path(), "Hôtel;Adresse;Note", "Hôtel du Parc;1 rue du Parc, Nice, France;5")
    said = terminal.hote("import-reviews", path, "--create-properties", "--organisation", house.caller.organisation_id)
    assert said.exit_code == 1
    assert "list of properties" in said.err
    assert len(properties(opened)) == 1


def test_killed_in_the_middle_and_run_again_every_review_is_there_once(
    terminal: Terminal, opened: Hote, house: Rivage, tmp_path: Path
) -> None:
    path = many(tmp_path)
    arguments = ("import-reviews", str(path), "--property", str(house.property_id))
    with running(opened.settings.home, opened.database_url, *arguments, output=tmp_path / "said") as process:
        eventually(lambda: len(recorded(opened)) > 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(recorded(opened)) < MANY
    assert terminal.hote(*arguments).exit_code == 0
    times = Counter(
        each.event.words.comment
        for each in recorded(opened)
        if isinstance(each.event, FeedbackRecorded) and each.event.words
    )
    assert times.total() == MANY
    assert times == Counter(f"Séjour {number - (number % 10 == 9)}" for number in range(MANY))


def test_two_that_load_one_file_at_once_record_each_review_once(opened: Hote, house: Rivage, tmp_path: Path) -> None:
    file = open_reviews(many(tmp_path), Choices({}))
    property_of = all_to(load_property(opened.ports, house.caller, house.property_id))

    def run(_: int) -> int:
        return load(opened.ports, house.caller, file.reviews(), property_of, lambda _: None).loaded

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(run, range(2))) == MANY
    assert len(recorded(opened)) == MANY


def test_what_was_said_is_in_no_table_in_clear(terminal: Terminal, opened: Hote, house: Rivage) -> None:
    path = written(Path(), "Note;Avis;Auteur;Nationalité", "5;Zanzibarouette;Xérophilie;Quiproquolande")
    terminal.hote("import-reviews", path, "--property", house.property_id)
    with opened.pool.connection() as connection:
        log = connection.execute("SELECT e::text FROM log.events e UNION ALL SELECT i::text FROM log.identities i")
        text = " ".join(row for (row,) in log)
    assert "FeedbackRecorded" in text
    assert not any(word in text for word in ("Zanzibarouette", "Xérophilie", "Quiproquolande"))


@needs_data
def test_two_real_years_of_one_hotel_and_one_review_of_each_of_1492(
    terminal: Terminal, opened: Hote, house: Rivage
) -> None:
    one_of_them = HOTEL.model_copy(update={"name": "Hôtel Trianon Rive Gauche"})
    add_property(opened.ports, house.caller, one_of_them)
    britannia = DATA / "eu515k_britannia_4789.csv"
    said = terminal.hote("import-reviews", britannia, "--create-properties").out
    assert "4,789 rows: 4,789 loaded, of which 898 alerts; 0 already known; 0 refused." in said
    assert "0 loaded, of which 0 alerts; 4,789 already known" in terminal.hote("import-reviews", britannia).out
    hotels = DATA / "eu515k_1492hotels_1each.csv"
    # The one of the Britannia is told in both files.
    assert (
        "1,491 loaded, of which 83 alerts; 1 already known"
        in terminal.hote("import-reviews", hotels, "--create-properties").out
    )
    assert "1,492 already known" in terminal.hote("import-reviews", hotels, "--create-properties").out
    assert len(recorded(opened)) == 4789 + 1491
    assert len(properties(opened)) == 1 + 1492
