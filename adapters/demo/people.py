"""Invents hotel guests, French ones and their neighbours, as many as asked and the same for the same seed."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from adapters.demo.homelands import COMPANIES, HOMELANDS, RARE_NAMES, Homeland

PROPERTIES = 3


class Visit(NamedTuple):
    """A stay; `property_number` counts from 0 to PROPERTIES - 1."""

    property_number: int
    arrival: date
    departure: date
    room: str


class Person(NamedTuple):
    """A guest as a reception would note them: at least one of `email` and `phone` (E.164) is known."""

    salutation: str | None
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    country: str
    company: str | None
    street: str
    postal_code: str
    city: str
    visits: tuple[Visit, ...]


_FIRST_ARRIVAL = date(2023, 1, 1)
_DAYS = 1_095
LAST_ARRIVAL = _FIRST_ARRIVAL + timedelta(_DAYS - 1)
_PHONES = 10_000_000
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def people(count: int, seed: int) -> Iterator[Person]:
    """Yields `count` guests, whose e-mail addresses and phone numbers are theirs alone.

    Names are about as frequent as in life: one in a hundred is a Martin, most are rare. Raises ValueError above ten
    million guests, where phone numbers would repeat.
    """
    if count > _PHONES:
        raise ValueError(f"at most {_PHONES} people have a phone number of their own")
    random = Random(seed)  # noqa: S311
    chance = random.random
    shares = list(accumulate(share for share, _ in HOMELANDS))
    homelands = [homeland for _, homeland in HOMELANDS]
    # Flatter at the top than Zipf's law: so Martin, the first, has one in a hundred.
    ladders = {land: list(accumulate((rank + 8) ** -0.8 for rank in range(len(land.names)))) for land in homelands}
    plain: dict[str, str] = {}
    taken: dict[str, int] = {}
    first_phone = random.randrange(_PHONES)

    def pick(options: tuple[str, ...]) -> str:
        return options[int(chance() * len(options))]

    def slug(name: str) -> str:
        if name not in plain:
            letters = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("ß", "ss"))
            plain[name] = _NOT_PLAIN.sub("", letters.encode("ascii", "ignore").decode())
        return plain[name]

    def digits(pattern: str) -> str:
        while "#" in pattern:
            pattern = pattern.replace("#", str(int(chance() * 10)), 1)
        return pattern

    def address(first: str, last: str, company: str | None, homeland: Homeland) -> str:
        first, last = slug(first), slug(last)
        style = chance()
        if style < 0.45:
            local = f"{first}.{last}"
        elif style < 0.65:
            local = f"{first[0]}{last}"
        elif style < 0.8:
            local = f"{last}.{first}"
        elif style < 0.95:
            local = f"{first}.{last}.{int(chance() * 50) + 55}"
        else:
            local = f"{first}-{last}"
        domain = f"{slug(company)}.com" if company and chance() < 0.6 else pick(homeland.mail)
        same = taken[local] = taken.get(local, 0) + 1
        return f"{local}{same if same > 1 else ''}@{domain}"

    def visits() -> tuple[Visit, ...]:
        number = 1
        while number < 12 and chance() < 0.22:
            number += 1
        home = int(chance() * PROPERTIES)
        if chance() < 0.03:
            return ()
        days = sorted(int(chance() * _DAYS) for _ in range(number))
        return tuple(
            Visit(
                home if chance() < 0.8 else int(chance() * PROPERTIES),
                _FIRST_ARRIVAL + timedelta(day),
                _FIRST_ARRIVAL + timedelta(day + 1 + int(chance() * chance() * 10)),
                f"{int(chance() * 6) + 1}{int(chance() * 30) + 1:02}",
            )
            for day in days
        )

    for number in range(count):
        homeland = random.choices(homelands, cum_weights=shares)[0]
        woman = chance() < 0.5
        first = pick(homeland.women if woman else homeland.men)
        if homeland.country == "FR" and chance() < 0.45:
            last = RARE_NAMES[int(chance() ** 2 * len(RARE_NAMES))]
        else:
            last = random.choices(homeland.names, cum_weights=ladders[homeland])[0]
        if chance() < 0.02:
            last = f"{last}-{pick(homeland.names)}"
        company = pick(COMPANIES) if chance() < 0.2 else None
        email = address(first, last, company, homeland) if chance() < 0.95 else None
        # 7,654,321 and ten million share no factor, so every number comes once.
        tail = (first_phone + number * 7_654_321) % _PHONES
        phone = f"{pick(homeland.phone)}{tail:07}" if email is None or chance() < 0.85 else None
        town, code = homeland.towns[int(chance() * len(homeland.towns))]
        yield Person(
            salutation=homeland.salutations[0 if woman else 1] if chance() < 0.9 else None,
            first_name=first,
            last_name=last,
            email=email,
            phone=phone,
            language=homeland.language if chance() < 0.95 else "en",
            country=homeland.country,
            company=company,
            street=f"{int(chance() * 150) + 1} {pick(homeland.roads)}",
            postal_code=digits(code.replace("_", " ")),
            city=town,
            visits=visits(),
        )
