"""A row becomes a review, word for word, or says what is wrong with it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from application.imports.dates import DateOrder
from application.reviews.columns import find_columns
from application.reviews.judge import Plan, Review, judge
from application.reviews.refused import REASONS, Refused

FIELDS = {
    "rating": "8",
    "comment": "",
    "liked": "",
    "disliked": "",
    "title": "",
    "date": "3/8/2017",
    "author": "",
    "language": "",
    "portal": "",
}


def judged(cells: Mapping[str, str], *more: str, order: DateOrder = DateOrder.DMY) -> Review | Refused:
    columns = find_columns(list(FIELDS), {field: field for field in FIELDS})
    assert columns is not None
    return judge(7, [*(FIELDS | dict(cells)).values(), *more], Plan(columns, order, 10, "direct", "fr"))


def review(**cells: str) -> Review:
    became = judged(cells)
    assert isinstance(became, Review)
    return became


def refusal(**cells: str) -> Refused:
    became = judged(cells)
    assert isinstance(became, Refused)
    assert became.code in REASONS
    return became


@pytest.mark.parametrize(
    ("text", "given", "scale"),
    [
        ("8", "8", 10),
        ("10", "10", 10),
        ("4.0", "4", 10),
        (" 7,5 ", "7.5", 10),
        ("7.50", "7.5", 10),
        ("0", "0", 10),
        ("4/5", "4", 5),
        ("8,5 / 10", "8.5", 10),
        ("4 sur 5", "4", 5),
        ("4 out of 5 stars", "4", 5),
        ("4 étoiles", "4", 10),
        ("73/100", "73", 100),
    ],
)
def test_ratings(text: str, given: str, scale: int) -> None:
    rating = review(rating=text).rating
    assert (str(rating.given), rating.scale) == (given, scale)


def test_the_score_is_of_ten() -> None:
    assert review(rating="4/5").rating.score == Decimal(8)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "rating-missing"),
        ("N/A", "rating-missing"),
        ("-", "rating-missing"),
        ("excellent", "rating-invalid"),
        ("-3", "rating-invalid"),
        ("8/0", "rating-invalid"),
        ("1e1", "rating-invalid"),
        ("11", "out-of-range"),
        ("6/5", "out-of-range"),
    ],
)
def test_what_is_no_rating_refuses_the_row(text: str, code: str) -> None:
    assert refusal(rating=text) == Refused(7, "rating", code)


@pytest.mark.parametrize(
    "text", ["No Negative", " no negative ", "N/A", "n a", "-", "--", "Nothing", "Rien", "None", ""]
)
def test_nothing_was_disliked(text: str) -> None:
    assert review(disliked=text).words.disliked is None


@pytest.mark.parametrize("text", ["No Positive", "No positive.", "N/A", "", " - "])
def test_nothing_was_liked(text: str) -> None:
    assert review(liked=text).words.liked is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("liked", "Nothing"),
        ("liked", "Rien"),
        ("liked", "No Negative"),
        ("disliked", "Nothing really"),
        ("disliked", "No Positive"),
        ("disliked", "No complaints"),
        ("disliked", "No"),
        ("comment", "Rien"),
        ("comment", "Nothing"),
        ("comment", "👍"),
        ("comment", "???"),
        ("comment", "…"),
        ("author", "Na"),
        ("author", "Null"),
    ],
)
def test_words_of_people_stay(field: str, text: str) -> None:
    assert getattr(review(**{field: text}).words, field) == text


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://x")', "'=1+1", "+33 1 23", "<script>alert(1)</script>", "a &amp; b", "[bold]x[/bold]"],
)
def test_markup_and_formulas_are_data(text: str) -> None:
    assert review(comment=text).words.comment == text


def test_what_nobody_sees_goes_and_line_breaks_stay() -> None:
    assert review(comment="  Très\u202e bien\x07 \r\nCher \n").words.comment == "Très bien\nCher"
    assert review(author="Anne\nde  Bretagne").words.author == "Anne de Bretagne"


def test_a_text_can_have_20_000_characters_and_no_more() -> None:
    longest = "a" * 20_000
    assert review(liked=longest).words.liked == longest
    assert refusal(liked=longest + "a") == Refused(7, "liked", "too-long")
    assert refusal(author="a" * 201) == Refused(7, "author", "too-long")


@pytest.mark.parametrize("text", ["3/8/2017", "03/08/2017", "2017-08-03", "3 août 2017", "Aug 3, 2017"])
def test_dates(text: str) -> None:
    assert review(date=text).day == date(2017, 8, 3)


@pytest.mark.parametrize(
    ("text", "code"), [("", "date-missing"), ("n/a", "date-missing"), ("31/02/2017", "date-invalid")]
)
def test_a_row_without_a_date_among_rows_with_dates_is_refused(text: str, code: str) -> None:
    assert refusal(date=text) == Refused(7, "date", code)


def test_what_the_row_says_goes_before_what_was_said_of_all() -> None:
    assert (review().portal, review().language) == ("direct", "fr")
    told = review(portal="Booking.com", language="Anglais")
    assert (told.portal, told.language) == ("booking.com", "en")
    assert refusal(language="klingonesque") == Refused(7, "language", "language-invalid")


def test_cells_beyond_the_headers() -> None:
    assert isinstance(judged({}, "", " "), Review)
    assert judged({}, "", "more") == Refused(7, "row", "too-many-cells")
