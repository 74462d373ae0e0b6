"""Which property a review is about: found by the hotel's name, or made where an operator wants that."""

from collections.abc import Callable, Iterable

from application.caller import Caller
from application.countries import country_code
from application.organisation import add_property
from application.ports import Ports
from application.reviews.judge import Review
from application.reviews.refused import RowRefused
from application.text import fold
from domain.property import Property, PropertySettings

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


Properties = Callable[[Review], Property]
"""Where reviews go. Raises RowRefused."""


def all_to(one: Property) -> Properties:
    """Whatever hotel they name."""
    return lambda _: one


class ByName:
    """Each review goes to the property that is called like its hotel, in the country where its address is, if any."""

    def __init__(self, ports: Ports, caller: Caller, properties: Iterable[Property], *, create: bool) -> None:
        """`properties` are all that the organisation has; `create` makes those that are missing."""
        self._ports = ports
        self._caller = caller
        self._create = create
        self._named: dict[str, list[Property]] = {}
        self._found: dict[tuple[str, str | None], Property] = {}
        for each in properties:
            self._named.setdefault(fold(each.settings.name), []).append(each)

    def __call__(self, review: Review) -> Property:
        if review.hotel is None:
            raise RowRefused("hotel", "property-missing")
        asked = review.hotel, review.address
        if asked not in self._found:
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    def _find(self, name: str, address: str | None) -> Property:
        country = country_at_the_end(address or "")
        namesakes = self._named.setdefault(fold(name), [])
        matching = [each for each in namesakes if country in (None, each.settings.country)]
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
        property_id, _ = add_property(self._ports, self._caller, settings)
        made = Property(property_id, 1, self._caller.organisation_id, settings)
        namesakes.append(made)
        return made


def country_at_the_end(address: str) -> str | None:
    """The code of the country that the last words of an address name."""
    words = address.split()
    ends = (" ".join(words[-length:]) for length in range(_MOST_WORDS, 0, -1))
    return next(filter(None, map(country_code, ends)), None)
