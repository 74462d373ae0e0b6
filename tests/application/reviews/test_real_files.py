"""Real review files: every row is loaded, and figures equal those counted straight from the file."""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from application.reviews.judge import Review
from application.reviews.load import Tally, load
from application.reviews.properties import HOMES, ByName, all_to
from application.reviews.read import Choices, ReviewFile, open_reviews
from domain.feedback import FeedbackRecorded
from domain.property import Property, PropertyAdded
from tests.application.memory import House
from tests.installation import HOTEL

DATA = Path(__file__).parents[3] / "../shared/data/reviews"
BRITANNIA = DATA / "eu515k_britannia_4789.csv"
HOTELS = DATA / "eu515k_1492hotels_1each.csv"
TRIANON = DATA / "fr_tripadvisor_trianon_583.csv"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/reviews is not on this machine")


def opened(path: Path) -> ReviewFile:
    return open_reviews(path, Choices({}))


def reviews(path: Path) -> list[Review]:
    return [each for each in opened(path).reviews() if isinstance(each, Review)]


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize("path", [BRITANNIA, HOTELS])
def test_rows_of_the_515k_reviews(path: Path) -> None:
    raw, read = rows(path), reviews(path)
    assert len(read) == len(raw)
    for row, review in zip(raw, read, strict=True):
        month, day, year = map(int, row["Review_Date"].split("/"))
        assert review.day == date(year, month, day)
        assert float(review.rating.given) == float(row["Reviewer_Score"])
        assert review.rating.scale == 10
        assert review.hotel == row["Hotel_Name"].strip()
        assert review.portal == "booking.com"
        for said, column in ((review.words.liked, "Positive_Review"), (review.words.disliked, "Negative_Review")):
            assert said in (" ".join(row[column].split()), None)
    unsaid = Counter(
        " ".join(row["Negative_Review"].split())
        for row, each in zip(raw, read, strict=True)
        if each.words.disliked is None
    )
    assert {word.casefold() for word in unsaid} <= {"no negative", "nothing", "none", "n a", "na", "not applicable", ""}


def test_the_french_reviews_have_ratings_of_five_and_no_dates() -> None:
    raw, file = rows(TRIANON, ";"), opened(TRIANON)
    read = reviews(TRIANON)
    assert (file.plan.scale, file.plan.portal, len(read)) == (5, None, 583)
    assert [float(each.rating.given) for each in read] == [float(row["Rating"]) for row in raw]
    assert all(each.day is None for each in read)
    assert [each.words.comment for each in read] == [" ".join(row["Review"].split()) for row in raw]


@pytest.fixture
def house() -> House:
    return House()


def loaded(house: House, path: Path, *, make: bool) -> Tally:
    one = Property(house.port, settings=HOTEL)
    property_of = ByName(house.ports, house.admin, [], create=True) if make else all_to(one)
    return load(house.ports, house.admin, opened(path).reviews(), property_of, lambda _: None)


def recorded(house: House) -> list[FeedbackRecorded]:
    return [each.event for each in house.log.recorded if isinstance(each.event, FeedbackRecorded)]


@pytest.mark.parametrize(
    ("path", "delimiter", "column", "middle", "count"),
    [(BRITANNIA, ",", "Reviewer_Score", 5.0, 4789), (TRIANON, ";", "Rating", 2.5, 583)],
)
def test_the_dissatisfied_are_alerts(
    house: House, path: Path, delimiter: str, column: str, middle: float, count: int
) -> None:
    dissatisfied = sum(float(row[column]) < middle for row in rows(path, delimiter))
    tally = loaded(house, path, make=False)
    assert (tally.read, tally.loaded, tally.alerts) == (count, count, dissatisfied)
    assert sum(event.alert for event in recorded(house)) == dissatisfied
    again = loaded(house, path, make=False)
    assert (again.loaded, again.known, len(recorded(house))) == (0, count, count)


def test_the_britannia_has_898_dissatisfied_in_two_years(house: House) -> None:
    assert loaded(house, BRITANNIA, make=False).alerts == 898
    days = [event.day for event in recorded(house)]
    told = [datetime.strptime(row["Review_Date"], "%m/%d/%Y").date() for row in rows(BRITANNIA)]  # noqa: DTZ007
    assert (min(days), max(days)) == (min(told), max(told)) == (date(2015, 8, 4), date(2017, 8, 3))


def test_1492_hotels_of_six_countries_become_properties(house: House) -> None:
    tally = loaded(house, HOTELS, make=True)
    assert (tally.loaded, tally.refused.total()) == (1492, 0)
    made = [each.event.settings for each in house.log.recorded if isinstance(each.event, PropertyAdded)][2:]
    assert len(made) == 1492
    ends = {"France": "FR", "Kingdom": "GB", "Spain": "ES", "Italy": "IT", "Austria": "AT", "Netherlands": "NL"}
    told = Counter(ends[row["Hotel_Address"].split()[-1]] for row in rows(HOTELS))
    assert Counter(settings.country for settings in made) == told
    assert all((settings.time_zone, settings.currency) == HOMES[settings.country] for settings in made)
