"""The reports as a plain program finds them: going through all that is known after a history, one by one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import UUID

from domain.feedback import Kind
from projections.lake.query import Query
from projections.lake.reports import DIMENSIONS
from tests.projections.plain_facts import History

Fact = dict[str, Any]
Figures = dict[str, Any]

FEEDBACK = (
    "organisation", "feedback", "property", "day", "kind", "origin", "portal", "code", "room", "employee", "guest",
    "rating", "alert", "resolved_on", "seconds", "satisfaction", "currency", "cost",
)  # fmt: skip
GIVEN = (
    "organisation", "origin", "source", "property", "day", "code", "room", "employee", "guest", "item", "quantity",
    "unit_value", "value", "currency",
)  # fmt: skip
STAY = ("organisation", "guest", "stay", "property", "room", "arrival", "departure")


class PlainReports:
    """Of one history; each gives the rows in any order, and the totals."""

    def __init__(self, history: History) -> None:
        rows = history.expected()
        self.feedback = [dict(zip(FEEDBACK, row, strict=False)) for row in rows["feedback"]]
        self.given = [dict(zip(GIVEN, row, strict=False)) for row in rows["given"]]
        self.stays = [dict(zip(STAY, row, strict=False)) for row in rows["stay"]]
        self.names = {**history.names, "item": history.names["cost_item"]}

    def customer_relations(self, query: Query) -> tuple[list[Figures], Figures]:
        return self._report(self.feedback, "day", query, relations), relations(matching(self.feedback, query, "day"))

    def complaint_costs(self, query: Query) -> tuple[list[Figures], list[Figures]]:
        complaints = [fact for fact in self.feedback if fact["kind"] == Kind.NEGATIVE and fact["resolved_on"]]
        items = [fact for fact in self.given if fact["origin"] == "complaint"]
        by_item = "item" in query.group_by or "item" in query.where
        facts, day = (items, "day") if by_item else (complaints, "resolved_on")
        nights = self._nights(query)

        def costs(of_cell: Sequence[Fact], key: dict[str, Any], *, number: int | None = None) -> Figures:
            currency = of_cell[0]["currency"]
            cost = sum(fact["value"] if by_item else fact["cost"] for fact in of_cell)
            number = number or len({fact["source"] if by_item else fact["feedback"] for fact in of_cell})
            here = [night for night in nights if all(night[name] == key[name] for name in night if name in key)]
            occupied = len(here) if currency == "EUR" else 0  # as all properties of a plain history count
            return {
                "currency": currency,
                "complaints": number,
                "cost": cost,
                "cost_per_complaint": rounded(cost, number),
                "occupied_nights": occupied or None,
                "cost_per_occupied_night": rounded(cost, occupied),
            }

        rows = self._by_currency(facts, day, query, costs)
        found = matching(facts, query, day)
        every = found if "item" in query.where else matching(complaints, query, "resolved_on")
        totals = []
        for currency in sorted({fact["currency"] for fact in every}):
            sources = {fact.get("feedback", fact.get("source")) for fact in every if fact["currency"] == currency}
            of_currency = [fact for fact in found if fact["currency"] == currency]
            nothing = {"currency": currency, "value": 0, "cost": 0, "source": None}
            totals.append(costs(of_currency or [nothing], {}, number=len(sources)))
        return rows, totals

    def quality_costs(self, query: Query, *, complaints: bool) -> tuple[list[Figures], list[Figures]]:
        facts = [fact for fact in self.given if complaints or fact["origin"] != "complaint"]
        rows = self._by_currency(facts, "day", query, lambda of_cell, _: gifts(of_cell), always=complaints)
        found = matching(facts, query, "day")
        currencies = sorted({fact["currency"] for fact in found})
        return rows, [gifts([fact for fact in found if fact["currency"] == each]) for each in currencies]

    def recovery(self, query: Query) -> tuple[list[Figures], Figures]:
        complaints = [
            fact for fact in self.feedback if fact["kind"] == Kind.NEGATIVE and fact["resolved_on"] and fact["guest"]
        ]

        def returned(of_cell: Sequence[Fact]) -> Figures:
            later = {
                guest: self._later(query, guest, min(f["resolved_on"] for f in of_cell if f["guest"] == guest))
                for guest in {fact["guest"] for fact in of_cell}
            }
            back = sum(1 for stays in later.values() if stays)
            nights = [
                stay["departure"] - stay["arrival"] for stays in later.values() for stay in stays if stay["departure"]
            ]
            return {
                "guests": len(later),
                "returned": back,
                "share_returned": rounded(back, len(later), 4),
                "later_stays": sum(map(len, later.values())),
                "later_nights": sum(max(0, each.days) for each in nights),
            }

        return (
            self._report(complaints, "resolved_on", query, returned),
            returned(matching(complaints, query, "resolved_on")),
        )

    def _later(self, query: Query, guest: UUID, day: date) -> list[Fact]:
        return [
            stay
            for stay in self.stays
            if stay["guest"] == guest
            and (query.among is None or stay["property"] in query.among)
            and stay["arrival"]
            and stay["arrival"] > day
        ]

    def _nights(self, query: Query) -> list[dict[str, Any]]:
        """Each as the keys that tell it apart."""
        found = set()
        for stay in self.stays:
            if (
                not stay["arrival"]
                or not stay["departure"]
                or (query.among is not None and stay["property"] not in query.among)
            ):
                continue
            if "room" in query.where and stay["room"] != query.where["room"]:
                continue
            day = stay["arrival"]
            while day < stay["departure"]:
                if (not query.first or day >= query.first) and (not query.last or day <= query.last):
                    found.add((stay["property"], stay["room"], None if stay["room"] is not None else stay["stay"], day))
                day += timedelta(1)
        return [{"property": house, "room": room, "month": f"{day:%Y-%m}"} for house, room, _, day in found]

    def _report(
        self, facts: Iterable[Fact], day: str, query: Query, figures: Callable[[Sequence[Fact]], Figures]
    ) -> list[Figures]:
        keys = keys_of(query)
        cells: dict[tuple[Any, ...], list[Fact]] = {} if keys else {(): []}
        for fact in matching(facts, query, day):
            cells.setdefault(tuple(value_of(fact, key, day) for key in keys), []).append(fact)
        return [self._named(keys, values) | figures(of_cell) for values, of_cell in cells.items()]

    def _by_currency(
        self,
        facts: Iterable[Fact],
        day: str,
        query: Query,
        figures: Callable[[Sequence[Fact], dict[str, Any]], Figures],
        *,
        always: bool = False,
    ) -> list[Figures]:
        keys = list(dict.fromkeys([*(["origin"] if always else []), *keys_of(query)]))
        cells: dict[tuple[Any, ...], list[Fact]] = {}
        for fact in matching(facts, query, day):
            cells.setdefault((*(value_of(fact, key, day) for key in keys), fact["currency"]), []).append(fact)
        return [
            self._named(keys, values) | figures(of_cell, dict(zip(keys, values, strict=False)))
            for values, of_cell in cells.items()
        ]

    def _named(self, keys: Sequence[str], values: Sequence[Any]) -> Figures:
        row: Figures = {}
        for key, value in zip(keys, values, strict=False):
            if key in (*self.names, "employee"):
                row[f"{key}_id"] = None if value is None else str(value)
                row[key] = self.names[key].get(value) if key in self.names else ("Inès" if value else None)
            else:
                row[key] = value
        return row


def relations(facts: Sequence[Fact]) -> Figures:
    times = sorted(fact["seconds"] for fact in facts if fact["resolved_on"])
    pleased = [fact["satisfaction"] for fact in facts if fact["satisfaction"] is not None]
    ratings = [fact["rating"] for fact in facts if fact["rating"] is not None]
    negative = sum(1 for fact in facts if fact["kind"] == Kind.NEGATIVE)
    return {
        "number": len(facts),
        "negative": negative,
        "positive": len(facts) - negative,
        "resolved": len(times),
        "share_resolved": rounded(len(times), len(facts), 4),
        "median_seconds_to_resolution": times[ceil(Fraction(len(times), 2)) - 1] if times else None,
        "p90_seconds_to_resolution": times[ceil(Fraction(9 * len(times), 10)) - 1] if times else None,
        "average_satisfaction": rounded(sum(pleased), len(pleased)),
        "average_rating": rounded(sum(ratings), len(ratings)),
    }


def gifts(facts: Sequence[Fact]) -> Figures:
    return {
        "currency": facts[0]["currency"],
        "gifts": len(facts),
        "quantity": sum(fact["quantity"] for fact in facts),
        "cost": sum(fact["value"] for fact in facts),
    }


def matching(facts: Iterable[Fact], query: Query, day: str) -> list[Fact]:
    return [
        fact
        for fact in facts
        if (query.among is None or fact["property"] in query.among)
        and (query.first is None or fact[day] >= query.first)
        and (query.last is None or fact[day] <= query.last)
        and all(fact[key] == value for key, value in query.where.items())
    ]


def keys_of(query: Query) -> list[str]:
    return list(dict.fromkeys(key for dimension in query.group_by for key in DIMENSIONS[dimension]))


def value_of(fact: Fact, key: str, day: str) -> Any:
    return f"{fact[day]:%Y-%m}" if key == "month" else fact[key]


def rounded(amount: Any, number: int, places: int = 2) -> float | None:
    return float(round(Fraction(amount) / number, places)) if number else None
