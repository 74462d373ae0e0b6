"""The guest panel: what head office chose to see of the guest beside a message."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from domain.custom_field import CustomField
from projections.guest_list.fold import status_on
from projections.inbox.queries import Item

Panel = dict[str, object]
"""By attribute, in the order in which they were chosen; null where it is not known of this guest."""

_OF_PROFILE = ("salutation", "first_name", "last_name", "company", "level", "emails", "phones")


def panel(attributes: Iterable[str], fields: Iterable[CustomField], item: Item, today: date) -> Panel:
    """Empty where no guest is known. An attribute that means nothing is left out.

    One of the organisation's own fields, by key or label, goes before ours of the same name. The age is told by a field
    of theirs whose key is `birth_date`. What was paid is a sum of money for each currency.
    """
    if item.guest is None:
        return {}
    profile = item.guest_profile or {}
    custom = cast("Mapping[str, object]", profile.get("custom", {}))
    paid = [{"amount": amount, "currency": currency} for currency, amount in (item.guest_paid or {}).items()]
    known: Panel = {name: profile.get(name) for name in _OF_PROFILE} | {
        "language": item.guest_language,
        "country": item.guest_country,
        "status": None if item.guest_stays is None else status_on(today, item.guest_stays, item.guest_blocked_until),
        "stays": item.guest_stays,
        "last_stay": item.guest_last_stay,
        "total_paid": paid,
        "spend": paid,
        "age": age(custom.get("birth_date"), today),
    }
    for field in fields:
        known |= dict.fromkeys((field.label, field.key), custom.get(field.key))
    return {name: known[name] for name in attributes if name in known}


def age(birth_date: object, today: date) -> int | None:
    """In years. None for what is no ISO date, and before birth."""
    try:
        born = date.fromisoformat(str(birth_date))
    except ValueError:
        return None
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else None
