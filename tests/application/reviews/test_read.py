"""A file of reviews is read through first: its headers, the order of its dates, the scale of its ratings."""

import csv
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from application.imports.dates import DateOrder
from application.imports.draft import DateOrderUnknown
from application.reviews.judge import Review
from application.reviews.read import Choices, ColumnsUnknown, ReviewFile, open_reviews
from application.reviews.refused import Refused

SAY_NOTHING = Choices({})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "avis.csv"


def opened(path: Path, text: str, choices: Choices = SAY_NOTHING, encoding: str = "utf-8") -> ReviewFile:
    path.write_bytes(text.encode(encoding))
    return open_reviews(path, choices)


def reviews(file: ReviewFile) -> list[Review]:
    return [each for each in file.reviews() if isinstance(each, Review)]


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ("4 5 1", 5),
        ("4 5 7.5", 10),
        ("4 73", 100),
        ("4 5 300", 100),
        ("5/5 9/10", 5),
        (" ".join(["4"] * 100 + ["47"]), 5),
        (" ".join(["4"] * 50 + ["7"] * 50), 10),
    ],
)
def test_the_scale_is_the_first_that_holds_the_ratings_but_for_odd_ones(path: Path, ratings: str, scale: int) -> None:
    lines = "\n".join(f"bien;{rating}" for rating in ratings.split())
    assert opened(path, f"Avis;Note\n{lines}").plan.scale == scale


def test_a_person_or_a_header_says_the_scale(path: Path) -> None:
    assert opened(path, "Avis;Note sur 10\nbien;4").plan.scale == 10
    assert opened(path, "Avis;Note sur 10\nbien;4", Choices({}, scale=20)).plan.scale == 20


def test_the_days_over_12_show_the_order_of_all_dates(path: Path) -> None:
    first, second = reviews(opened(path, "Date;Avis;Note\n8/3/2017;a;4\n07/31/2017;b;4"))
    assert (first.day, second.day) == (date(2017, 8, 3), date(2017, 7, 31))


@pytest.mark.parametrize("dates", [["3/8/2017"], ["31/7/2017", "7/31/2017"]])
def test_where_the_order_does_not_show_a_person_says_it(path: Path, dates: list[str]) -> None:
    text = "\n".join(["Date;Avis;Note", *(f"{each};a;4" for each in dates)])
    with pytest.raises(DateOrderUnknown, match="--date-order"):
        opened(path, text)
    chosen = opened(path, text, Choices({}, date_order=DateOrder.DMY))
    assert reviews(chosen)[0].day == date(2017, 8 if len(dates) == 1 else 7, 3 if len(dates) == 1 else 31)


def test_the_header_stands_below_a_title_and_lines_are_counted_as_an_editor_does(path: Path) -> None:
    file = opened(path, 'Avis du mois\n\nAvis;Note\n"deux\nlignes";5\n\nbien;rien\n')
    assert file.count == 2
    good, bad = file.reviews()
    assert isinstance(good, Review)
    assert good.line == 4
    assert bad == Refused(7, "rating", "rating-invalid")


def test_a_row_of_words_is_not_taken_for_the_header(path: Path) -> None:
    """In lists of guests the header is the row with words such as "name" and "room"."""
    file = opened(path, "Positive;Negative;Score\nA name and a phone;The room in the city;8\nx;y;7")
    assert [each.words.liked for each in reviews(file)] == ["A name and a phone", "x"]


def test_other_encodings(path: Path) -> None:
    file = opened(path, "Avis;Note\nTrès agréable séjour, l'accueil à la réception;5", encoding="windows-1252")
    assert reviews(file)[0].words.comment == "Très agréable séjour, l'accueil à la réception"


def test_a_long_text_refuses_its_row_alone(path: Path) -> None:
    file = opened(path, f"Avis;Note\nbien;5\n{'a' * 30_000};5\nmal;1")
    assert [type(each) for each in file.reviews()] == [Review, Refused, Review]


def test_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Date", "Avis", "Note"])
    sheet.append([date(2025, 3, 4), "bien", 4.5])
    book.save(tmp_path / "avis.xlsx")
    [only] = reviews(open_reviews(tmp_path / "avis.xlsx", SAY_NOTHING))
    assert (only.day, str(only.rating.given), only.words.comment) == (date(2025, 3, 4), "4.5", "bien")


@pytest.mark.parametrize(
    ("text", "choices", "said"),
    [
        ("Nom;Prénom\nMartin;Anne", SAY_NOTHING, "--column"),
        ("", SAY_NOTHING, "--column"),
        ("Avis;Note\nbien;4", Choices({"Verbatim": "comment"}), "Verbatim"),
    ],
)
def test_a_file_whose_columns_nobody_knows(path: Path, text: str, choices: Choices, said: str) -> None:
    with pytest.raises(ColumnsUnknown, match=said):
        opened(path, text, choices)


def test_quotes_and_separators_inside_words(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["Review", "Rating"], ['He said "no", twice; then\tleft', "2"]])
    assert reviews(open_reviews(path, SAY_NOTHING))[0].words.comment == 'He said "no", twice; then left'
