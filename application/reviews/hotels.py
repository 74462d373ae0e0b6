"""Which property a review is about: found by the hotel's name, or made where an operator wants that."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from application.caller import Caller
from application.countries import country_code
from application.organisation import add_property
from application.ports import Ports
from application.reviews.judge import Review
from application.reviews.refused import RowRefused
from application.text import fold
from domain.property import PropertySettings

HOMES = {
    "AD": ("Europe/Andorra", "EUR"),
    "AT": ("Europe/Vienna", "EUR"),
    "BE": ("Europe/Brussels", "EUR"),
    "BG": ("Europe/Sofia", "EUR"),
    "CH": ("Europe/Zurich", "CHF"),
    "CY": ("Asia/Nicosia", "EUR"),
    "CZ": ("Europe/Prague", "CZK"),
    "DE": ("Europe/Berlin", "EUR"),
    "DK": ("Europe/Copenhagen", "DKK"),
    "EE": ("Europe/Tallinn", "EUR"),
    "ES": ("Europe/Madrid", "EUR"),
    "FI": ("Europe/Helsinki", "EUR"),
    "FR": ("Europe/Paris", "EUR"),
    "GB": ("Europe/London", "GBP"),
    "GR": ("Europe/Athens", "EUR"),
    "HR": ("Europe/Zagreb", "EUR"),
    "HU": ("Europe/Budapest", "HUF"),
    "IE": ("Europe/Dublin", "EUR"),
    "IS": ("Atlantic/Reykjavik", "ISK"),
    "IT": ("Europe/Rome", "EUR"),
    "LI": ("Europe/Vaduz", "CHF"),
    "LT": ("Europe/Vilnius", "EUR"),
    "LU": ("Europe/Luxembourg", "EUR"),
    "LV": ("Europe/Riga", "EUR"),
    "MC": ("Europe/Monaco", "EUR"),
    "MT": ("Europe/Malta", "EUR"),
    "NL": ("Europe/Amsterdam", "EUR"),
    "NO": ("Europe/Oslo", "NOK"),
    "PL": ("Europe/Warsaw", "PLN"),
    "PT": ("Europe/Lisbon", "EUR"),
    "RO": ("Europe/Bucharest", "RON"),
    "SE": ("Europe/Stockholm", "SEK"),
    "SI": ("Europe/Ljubljana", "EUR"),
    "SK": ("Europe/Bratislava", "EUR"),
}
"""Time zone and currency of a new property, by country; on the islands far out its settings are to be corrected."""

_MOST_WORDS = 3
"""Of a country's name in the table."""


class Hotel(NamedTuple):
    """A property, as far as reviews need it; a rating of 10 under `threshold` is an alert."""

    property_id: UUID
    country: str
    zone: ZoneInfo
    threshold: int


def hotel_of(property_id: UUID, settings: PropertySettings) -> Hotel:
    return Hotel(property_id, settings.country, ZoneInfo(settings.time_zone), settings.feedback.alert_threshold)


class Hotels(Protocol):
    """Where reviews go."""

    def of(self, review: Review) -> Hotel:
        """Raises RowRefused."""


class OneHotel:
    """All reviews go to one property, whatever hotel they name."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel

    def of(self, review: Review) -> Hotel:
        del review
        return self._hotel


class NamedHotels:
    """Each review goes to the property that is called like its hotel, in the country where its address is, if any."""

    def __init__(
        self, ports: Ports, caller: Caller, properties: Iterable[tuple[UUID, PropertySettings]], *, create: bool
    ) -> None:
        """`properties` are all that the organisation has; `create` makes those that are missing."""
        self._ports = ports
        self._caller = caller
        self._create = create
        self._named: dict[str, list[Hotel]] = {}
        self._found: dict[tuple[str, str | None], Hotel] = {}
        for property_id, settings in properties:
            self._named.setdefault(fold(settings.name), []).append(hotel_of(property_id, settings))

    def of(self, review: Review) -> Hotel:
        if review.hotel is None:
            raise RowRefused("hotel", "property-missing")
        asked = review.hotel, review.address
        if asked not in self._found:
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    def _find(self, name: str, address: str | None) -> Hotel:
        country = country_at_the_end(address or "")
        namesakes = self._named.setdefault(fold(name), [])
        matching = [each for each in namesakes if country in (None, each.country)]
        if len(matching) > 1:
            raise RowRefused("hotel", "property-ambiguous")
        if matching:
            return matching[0]
        if not self._create:
            raise RowRefused("hotel", "property-unknown")
        if country not in HOMES:
            raise RowRefused("address", "country-unknown")
        time_zone, currency = HOMES[country]
        settings = PropertySettings(name=name, country=country, time_zone=time_zone, currency=currency)
        made = hotel_of(add_property(self._ports, self._caller, settings)[0], settings)
        namesakes.append(made)
        return made


def country_at_the_end(address: str) -> str | None:
    """The code of the country that the last words of an address name."""
    words = address.split()
    ends = (" ".join(words[-length:]) for length in range(_MOST_WORDS, 0, -1))
    return next(filter(None, map(country_code, ends)), None)
