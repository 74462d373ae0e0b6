"""Each review of a file is recorded once, however often and in whatever pieces the file is loaded."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from application.organisation import change_property, load_property
from application.reviews.load import BATCH, Tally, load
from application.reviews.properties import all_to
from application.reviews.read import Choices, open_reviews
from application.reviews.refused import Refused
from domain.access import Forbidden, Role
from domain.feedback import FeedbackRecorded, Kind, Origin
from domain.property import FeedbackSettings
from tests.application.memory import House

HEADER = "Date;Note;Avis\n"
ROWS = ["13/01/2026;9;Parfait", "13/01/2026;4,9;Bruit", "14/01/2026;5;Moyen"]


class Loading:
    """A house, and a file whose rows are loaded into its property of Paris."""

    def __init__(self, path: Path) -> None:
        self.house = House()
        self.path = path

    def load(self, rows: Sequence[str], header: str = HEADER, role: Role = Role.ADMIN, **choices: str) -> Tally:
        self.path.write_text(header + "\n".join(rows), encoding="utf-8")
        file = open_reviews(self.path, Choices({}, scale=10, **choices))  # type: ignore[arg-type]
        self.heard: list[int] = []
        property_of = all_to(load_property(self.house.ports, self.house.admin, self.house.port))
        return load(self.house.ports, self.house.staff(role), file.reviews(), property_of, self.heard.append)

    @property
    def recorded(self) -> list[FeedbackRecorded]:
        return [each.event for each in self.house.log.recorded if isinstance(each.event, FeedbackRecorded)]


@pytest.fixture
def loading(tmp_path: Path) -> Loading:
    return Loading(tmp_path / "avis.csv")


def counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.read, tally.loaded, tally.known, tally.refused.total()


def test_a_review_is_feedback_of_its_own_subject(loading: Loading) -> None:
    tally = loading.load(ROWS, portal="booking.com", language="fr")
    assert (counts(tally), tally.alerts) == ((3, 3, 0, 0), 1)
    good, bad, fair = loading.recorded
    assert (good.origin, good.portal, good.language) == (Origin.REVIEW, "booking.com", "fr")
    assert good.subject_id == good.originator_id
    assert good.guest_id is None
    assert good.property_id == loading.house.port
    assert good.words is not None
    assert good.words.comment == "Parfait"
    assert [(each.kind, each.alert) for each in (good, bad, fair)] == [
        (Kind.POSITIVE, False),
        (Kind.NEGATIVE, True),
        (Kind.POSITIVE, False),
    ]
    assert bad.rating is not None
    assert bad.rating.score == Decimal("4.9")
    assert loading.house.log.recorded[-1].property_id == loading.house.port


def test_it_was_said_at_noon_of_its_day_where_the_property_is(loading: Loading) -> None:
    loading.load(["13/01/2026;9;Hiver", "13/07/2026;9;Été"])
    winter, summer = loading.recorded
    assert (winter.day, winter.said_at) == (date(2026, 1, 13), datetime(2026, 1, 13, 11, tzinfo=UTC))
    assert (summer.day, summer.said_at) == (date(2026, 7, 13), datetime(2026, 7, 13, 10, tzinfo=UTC))


def test_without_dates_it_was_said_now(loading: Loading) -> None:
    loading.load(["9;Bien"], header="Note;Avis\n")
    [only] = loading.recorded
    assert only.said_at == loading.house.log.recorded[-1].recorded_at
    assert only.day == date(2026, 11, 21)


def test_nobody_writes_tomorrow(loading: Loading) -> None:
    loading.house.ports.now.now = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # type: ignore[attr-defined]
    tally = loading.load(["22/11/2026;9;Il est déjà demain à Paris", "23/11/2026;9;Trop tôt"])
    assert tally.first_refused == [Refused(3, "date", "date-future")]
    [today] = loading.recorded
    assert today.said_at < datetime(2026, 11, 22, tzinfo=UTC)


def test_the_threshold_is_the_propertys(loading: Loading) -> None:
    house = loading.house
    change_property(
        house.ports,
        house.admin,
        house.port,
        lambda old: old.model_copy(update={"feedback": FeedbackSettings(alert_threshold=6)}),
    )
    assert loading.load(ROWS).alerts == 2


def test_loading_twice_changes_nothing(loading: Loading) -> None:
    loading.load(ROWS)
    before = len(loading.house.log.recorded)
    assert counts(loading.load(ROWS)) == (3, 0, 3, 0)
    assert len(loading.house.log.recorded) == before


def test_of_a_longer_file_only_what_is_new_is_added(loading: Loading) -> None:
    loading.load(ROWS[:2])
    assert counts(loading.load(["12/01/2026;3;Froid", *ROWS])) == (4, 2, 2, 0)


def test_another_shape_of_the_same_rows_is_known(loading: Loading) -> None:
    loading.load(ROWS)
    again = loading.load(["9.0;2026-01-13;Parfait ", "4.90;2026-01-13; Bruit"], header="Score;Date;Comment\n")
    assert counts(again) == (2, 0, 2, 0)


def test_equal_rows_of_a_file_are_as_many_reviews(loading: Loading) -> None:
    assert counts(loading.load([ROWS[0]] * 2)) == (2, 2, 0, 0)
    assert counts(loading.load([ROWS[0]] * 3)) == (3, 1, 2, 0)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER, "14/01/2026;9;Parfait"),
        (HEADER, "13/01/2026;8;Parfait"),
        (HEADER, "13/01/2026;9;Parfait !"),
        ("Date;Note;Titre\n", "13/01/2026;9;Parfait"),
        ("Date;Note;Avis;Portail\n", "13/01/2026;9;Parfait;google"),
        ("Date;Note;Avis;Nationalité\n", "13/01/2026;9;Parfait;Belgique"),
    ],
)
def test_what_differs_is_another_review(loading: Loading, header: str, row: str) -> None:
    loading.load([ROWS[0]])
    assert counts(loading.load([row], header)) == (1, 1, 0, 0)


def test_a_forgotten_review_does_not_come_back(loading: Loading) -> None:
    """Its words can no longer be read; the keyed fingerprint of what it said is all that knows it."""
    loading.load(ROWS)
    at = next(i for i, each in enumerate(loading.house.log.recorded) if isinstance(each.event, FeedbackRecorded))
    forgotten = loading.house.log.recorded[at]
    loading.house.log.recorded[at] = forgotten._replace(event=forgotten.event.model_copy(update={"words": None}))
    assert counts(loading.load(ROWS)) == (3, 0, 3, 0)


def test_bad_rows_never_lose_the_others(loading: Loading) -> None:
    bad = ["31/02/2026;9;Jamais", "13/01/2026;99;Trop", "13/01/2026;;Sans note", "13/01/2026;9;Bien;de trop"]
    tally = loading.load([bad[0], ROWS[0], *bad[1:], ROWS[1]])
    assert counts(tally) == (6, 2, 0, 4)
    assert tally.first_refused == [
        Refused(2, "date", "date-invalid"),
        Refused(4, "rating", "out-of-range"),
        Refused(5, "rating", "rating-missing"),
        Refused(6, "row", "too-many-cells"),
    ]


def test_it_goes_batch_by_batch(loading: Loading) -> None:
    rows = [f"13/01/2026;{number % 11};Séjour {number}" for number in range(BATCH + 1)]
    assert counts(loading.load(rows)) == (BATCH + 1, BATCH + 1, 0, 0)
    assert loading.heard == [BATCH, BATCH + 1]


def test_what_was_recorded_meanwhile_is_known(loading: Loading) -> None:
    """Two runs at once: whoever loses the race for a batch finds what the other has recorded, and adds the rest."""
    log = loading.house.log
    loading.load(ROWS[:1])
    other_run = dict(log.taken)
    log.taken.clear()
    asked = log.owners

    def late(organisation_id: UUID, identities: Iterable[str]) -> dict[str, UUID]:
        """The first answer is from before the other run's append."""
        answer = asked(organisation_id, identities)
        log.taken.update(other_run)
        return answer

    log.owners = late  # type: ignore[method-assign]
    assert counts(loading.load(ROWS)) == (3, 2, 1, 0)
    assert len(loading.recorded) == 3


def test_who_may_not_record_feedback_loads_nothing(loading: Loading) -> None:
    with pytest.raises(Forbidden):
        loading.load(ROWS, role=Role.ANALYST)
    assert loading.recorded == []
