"""Which column of a review file holds what, by its header, and whose export the whole looks like."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from application.imports.column_names import HEADER_LIMIT
from application.text import fold

_HEADERS = {
    "rating": """
        rating, review rating, review score, reviewer score, score, overall rating, overall score, stars,
        star rating, guest rating, reviews rating, note, note globale, note de l'avis, note du commentaire,
        note du client, note attribuée, notation, évaluation, étoiles, nombre d'étoiles
    """,
    "comment": """
        review text, comment, comments, review, review content, review body, review comment, feedback, text,
        body, content, verbatim, reviews text, avis, commentaire, commentaires, texte, texte de l'avis,
        commentaire du client, avis du client, contenu, contenu de l'avis, message
    """,
    "liked": """
        positive review, positive, liked, pros, positive comment, review positive, what was good,
        commentaire positif, avis positif, positif, points positifs, points forts, les plus, aimé,
        ce qui a plu
    """,
    "disliked": """
        negative review, negative, disliked, cons, negative comment, review negative, what was bad,
        commentaire négatif, avis négatif, négatif, points négatifs, points faibles, les moins, pas aimé,
        ce qui a déplu
    """,
    "title": """
        review title, title, headline, subject, reviews title, titre, titre de l'avis, titre du commentaire,
        objet
    """,
    "date": """
        review date, date, date of review, reviewed at, reviewed on, published, published at, publication
        date, date published, posted on, created at, reviews date, date de l'avis, date du commentaire, date de
        publication, publié le, date d'avis, posté le
    """,
    "hotel": """
        hotel name, hotel, property name, property, accommodation, nom de l'hôtel, établissement, nom de
        l'établissement, hébergement
    """,
    "address": """
        hotel address, property address, address, adresse de l'hôtel, adresse de l'établissement, adresse
    """,
    "author": """
        author, reviewer, reviewer name, author name, guest name, guest, user, username, user name, reviews
        username, auteur, nom de l'auteur, nom du client, client, pseudo, utilisateur
    """,
    "nationality": """
        reviewer nationality, nationality, reviewer country, guest country, country of reviewer, nationalité,
        nationalité du client, pays du client
    """,
    "language": """
        language, review language, language code, lang, langue, langue de l'avis, langue du commentaire
    """,
    "portal": """
        portal, source, site, website, platform, review source, portail, plateforme, site web, source de
        l'avis
    """,
}

FIELDS = tuple(_HEADERS)
"""What a column can hold. `address` is the hotel's, and nationality the author's."""

_MEANINGS = {
    fold(" ".join(header.split())): (field, rank)
    for field, headers in _HEADERS.items()
    for rank, header in enumerate(headers.split(","))
}
_SCALED = re.compile(r"(.+?)(?: (?:sur|out of|of|max|from|to|de|a|0|1))* (5|10|20|100)")
"""The folded header of ratings that says their scale: "Note /10", "Rating (1-5)"."""


class Shape(NamedTuple):
    """A known export: by headers that no other has, folded; `scale` is what its ratings are of."""

    headers: frozenset[str]
    portal: str
    scale: int


SHAPES = (
    # "515K Hotel Reviews Data in Europe" of Kaggle, taken from Booking.com
    Shape(
        frozenset(("negative review", "positive review", "reviewer score", "reviewer nationality")), "booking.com", 10
    ),
)


class Columns(NamedTuple):
    """Where each field stands, from 0, and what its column is called."""

    at: Mapping[str, int]
    headers: Mapping[str, str]
    width: int
    scale: int | None = None
    """Of the ratings, where the headers tell; likewise the portal."""
    portal: str | None = None


def find_columns(cells: Sequence[str], chosen: Mapping[str, str]) -> Columns | None:
    """The columns that a row of headers names; None if it names no ratings, or nothing else, and so is no such row.

    `chosen` is from header to field, as a person says it, and goes first; each of its headers must be there.
    Accents, case and punctuation do not matter. Of two headers of one field, the more exact one counts.
    """
    folded = [fold(cell[:HEADER_LIMIT]) for cell in cells]
    wanted = {fold(header): field for header, field in chosen.items()}
    if not wanted.keys() <= set(folded):
        return None
    found: dict[str, tuple[int, int]] = {}
    for column, header in enumerate(folded):
        field, rank = (wanted[header], -1) if header in wanted else _meaning(header)
        if field:
            found[field] = min(found.get(field, (rank, column)), (rank, column))
    if "rating" not in found or len(found) == 1:
        return None
    at = {field: column for field, (_, column) in found.items()}
    scaled = _SCALED.fullmatch(folded[at["rating"]])
    shape = next((shape for shape in SHAPES if shape.headers <= set(folded)), None)
    return Columns(
        at=at,
        headers={field: cells[column].strip() for field, column in at.items()},
        width=len(cells),
        scale=int(scaled[2]) if scaled else shape and shape.scale,
        portal=shape and shape.portal,
    )


def _meaning(header: str) -> tuple[str, int]:
    """The field that a folded header names, "" for none, with a rank: the lower names it better."""
    scaled = _SCALED.fullmatch(header)
    if scaled and _MEANINGS.get(scaled[1], ("", 0))[0] == "rating":
        return _MEANINGS[scaled[1]]
    return _MEANINGS.get(header, ("", 0))
