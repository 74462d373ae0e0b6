"""Columns of review files are known by French and English headers of several portals, or as a person says."""

import pytest

from application.reviews.columns import Columns, find_columns


def found(*headers: str, **chosen: str) -> Columns:
    columns = find_columns(headers, {header.replace("_", " "): field for header, field in chosen.items()})
    assert columns is not None
    return columns


KAGGLE = (
    "Hotel_Address,Additional_Number_of_Scoring,Review_Date,Average_Score,Hotel_Name,Reviewer_Nationality,"
    "Negative_Review,Review_Total_Negative_Word_Counts,Total_Number_of_Reviews,Positive_Review,"
    "Review_Total_Positive_Word_Counts,Total_Number_of_Reviews_Reviewer_Has_Given,Reviewer_Score,Tags,"
    "days_since_review,lat,lng"
)


def test_the_515k_reviews_are_of_booking_and_of_ten() -> None:
    columns = found(*KAGGLE.split(","))
    assert columns.headers == {
        "address": "Hotel_Address",
        "date": "Review_Date",
        "hotel": "Hotel_Name",
        "nationality": "Reviewer_Nationality",
        "disliked": "Negative_Review",
        "liked": "Positive_Review",
        "rating": "Reviewer_Score",
    }
    assert (columns.portal, columns.scale, columns.width) == ("booking.com", 10, 17)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("Review;Rating", ["comment", "rating"]),
        ("Avis;Note", ["comment", "rating"]),
        ("Date de l'avis;Titre de l'avis;Commentaire;NOTE", ["date", "title", "comment", "rating"]),
        ("Commentaire positif;Commentaire négatif;Note du commentaire", ["liked", "disliked", "rating"]),
        ("Review date;Guest name;Review title;Review score", ["date", "author", "title", "rating"]),
        ("reviews.date;reviews.rating;reviews.text;reviews.title", ["date", "rating", "comment", "title"]),
        ("Établissement;Étoiles;Avis;Langue;Portail", ["hotel", "rating", "comment", "language", "portal"]),
    ],
)
def test_headers_of_several_portals(headers: str, fields: list[str]) -> None:
    cells = headers.split(";")
    assert found(*cells).headers == dict(zip(fields, cells, strict=True))


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("Note /10", 10),
        ("Note sur 5", 5),
        ("Score (out of 100)", 100),
        ("Rating (1-5)", 5),
        ("Note (de 0 à 20)", 20),
        ("Note", None),
    ],
)
def test_a_header_can_say_the_scale(header: str, scale: int | None) -> None:
    assert found("Avis", header).scale == scale


def test_of_two_columns_the_more_exact_one_counts() -> None:
    assert found("Text", "Review text", "Rating").at["comment"] == 1
    assert found("Review", "Rating", "Rating").at == {"comment": 0, "rating": 1}


def test_what_a_person_says_goes_first() -> None:
    columns = found("Note", "Avis", "Bilan /5", bilan_5="rating", note="comment")
    assert columns.headers == {"comment": "Note", "rating": "Bilan /5"}
    assert columns.scale == 5


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ("Rapport d'avis 2025", {}),
        ("Note", {}),
        ("Avis;Date", {}),
        ("Average_Score;Review", {}),
        ("Avis;Note", {"Verbatim": "comment"}),
    ],
)
def test_a_row_that_does_not_name_ratings_and_something_else_is_no_header(headers: str, chosen: dict[str, str]) -> None:
    assert find_columns(headers.split(";"), chosen) is None
