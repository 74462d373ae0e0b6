"""The searches, sorts and filters that the guest list's benchmark tries: common, rare, correlated, combined."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from projections.guest_list.query import GuestQuery

_SEARCHES = {
    "": "last_name -last_name company -company country -country status -status stays -stays last_stay -last_stay"
    " total_paid -total_paid created_at -created_at",
    "lefevre": "last_name -last_name -last_stay company country -stays",
    "martin": "last_name -last_name -last_stay country -created_at",
    "sirvoy": "company -company last_name -last_stay",
    "608": "last_name -last_stay -country",
    "paris": "last_name country -country",
    "gmail": "last_name -stays company",
    "zac": "last_name -last_name",
    "moreau": "last_name",
    "maumaquet": "last_name -last_stay",
    "jean pierre": "last_name",
    "marie dupont lyon": "last_name -last_stay",
    "06 12 34": "last_name -last_stay",
    "+33 6 12 34 5": "last_name",
    "web.de": "country -country last_name",
    "martin@gmail.com": "last_name",
    "d'angelo": "last_name -last_name",
    "ma": "last_name -last_stay company",
    "06": "last_name -country",
    "z": "last_name -last_name",
    "zq": "last_name",
    "wx": "-last_stay",
    "vb": "last_name company",
    "qsdfgh": "last_name -stays",
    "hôtel de ville": "company",
    "nguyen sirvoy": "last_name",
    "1 2 3": "-last_stay",
}


def queries(organisation: UUID, properties: list[UUID]) -> Iterator[tuple[str, GuestQuery]]:
    """Each with a name to print."""
    of_all = GuestQuery(organisation)
    for search, sorts in _SEARCHES.items():
        for sort in sorts.split():
            yield f"{search!r} by {sort}", replace(of_all, search=search, sort=sort)
    of_one = replace(of_all, properties=frozenset(properties[:1]))
    from_march = replace(of_all, arrival_from=date(2023, 3, 1))
    in_march = replace(from_march, arrival_before=date(2023, 4, 1))
    filtered = {
        "country PT": (replace(of_all, country="PT"), "last_name country -last_stay"),
        "country FR": (replace(of_all, country="FR"), "country -stays"),
        "language nl": (replace(of_all, language="nl"), "last_name"),
        "language de": (replace(of_all, language="de"), "country -country"),
        "returning": (replace(of_all, status="returning"), "last_name stays -stays"),
        "new": (replace(of_all, status="new"), "-stays"),
        "blocked": (replace(of_all, status="blocked"), "last_name status"),
        "asked": (replace(of_all, post_stay="sent"), "last_name -last_stay"),
        "asked by SMS": (replace(of_all, post_stay="sent", channel="sms"), "last_name"),
        "asked, 'martin'": (replace(of_all, post_stay="sent", search="martin"), "last_name"),
        "bounced": (replace(of_all, post_stay="bounced"), "last_name -last_stay"),
        "reviewed on site": (replace(of_all, post_stay="reviewed_on_site"), "last_name -created_at"),
        "cancelled": (replace(of_all, post_stay="cancelled"), "last_name"),
        "not asked": (replace(of_all, post_stay="not_enabled"), "last_name -last_stay"),
        "FR, 'mar'": (replace(of_all, country="FR", search="mar"), "-last_stay"),
        "PT, 'silva'": (replace(of_all, country="PT", search="silva"), "last_name"),
        "DE, 'martin'": (replace(of_all, country="DE", search="martin"), "last_name"),
        "one property": (of_one, "last_name -last_stay"),
        "one property, 'lefevre'": (replace(of_one, search="lefevre"), "last_name"),
        "arrival in a month": (in_march, "last_name last_stay -last_stay"),
        "arrival in a month, 'martin'": (replace(in_march, search="martin"), "last_name"),
        "arrival on a day": (replace(from_march, arrival_before=date(2023, 3, 2)), "last_name"),
        "arrival of late": (replace(of_all, arrival_from=date(2025, 12, 20)), "last_name last_stay -last_stay"),
        "departure on a day from one property": (
            replace(of_one, departure_from=date(2023, 3, 1), departure_before=date(2023, 3, 2)),
            "last_name",
        ),
    }
    for name, (query, sorts) in filtered.items():
        for sort in sorts.split():
            yield f"{name} by {sort}", replace(query, sort=sort)
