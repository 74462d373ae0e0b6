"""Strategies of what guests, staff and lists can tell: profiles, stays, and what becomes of a guest over time."""

from datetime import date
from uuid import UUID

from hypothesis import strategies as st

from domain import registering, staying
from domain.contact import Address, Profile
from domain.guest import Guest, Known
from domain.guest_events import GuestEvent, Origin
from domain.stay import Stay

ORGANISATION = UUID(int=1)
GUEST = UUID(int=2)
PROPERTIES = (UUID(int=3), UUID(int=4))

# Few values of each, so that tellings often agree.
words = st.sampled_from(["", "Ana", "Zoé", "VIP"])
maybe = st.none() | words
emails = st.lists(st.sampled_from(["a@x.fr", "A@x.fr", "b@x.fr", "c@x.fr"]), max_size=3, unique_by=str.lower).map(tuple)
phones = st.lists(st.sampled_from(["+33612345678", "+390212345678"]), max_size=2, unique=True).map(tuple)
addresses = st.none() | st.builds(Address, street=maybe, postal_code=maybe, city=maybe, region=maybe, country=maybe)
customs = st.dictionaries(st.sampled_from(["passport", "children"]), st.integers(0, 2) | st.just("YA12"), max_size=2)
profiles = st.builds(
    Profile,
    salutation=maybe,
    first_name=maybe,
    last_name=st.sampled_from(["Lefèvre", "Martin"]),
    emails=emails,
    phones=phones,
    company=maybe,
    address=addresses,
    level=maybe,
    note=maybe,
    custom=customs,
)
knowns = st.builds(
    Known, language=st.sampled_from([None, "fr", "it"]), country=st.sampled_from([None, "FR", "IT"]), profile=profiles
)
days = st.none() | st.sampled_from([date(2026, 11, 18), date(2026, 11, 21)])
stays = st.builds(
    Stay,
    property_id=st.sampled_from(PROPERTIES),
    arrival=days,
    departure=days,
    room=st.sampled_from([None, "104", "105"]),
)
tellings = st.tuples(st.just("told"), knowns) | st.tuples(st.just("stayed"), stays)


def registered(known: Known) -> list[GuestEvent]:
    return registering.register(Guest(GUEST), ORGANISATION, Origin.MANUAL, known)


def told(guest: Guest, telling: tuple[str, Known | Stay], new_id: UUID) -> list[GuestEvent]:
    """What a list's telling of a known guest makes of them."""
    match telling[1]:
        case Known() as known:
            return registering.change(guest, registering.merge(guest.known, known))
        case Stay() as stay:
            return staying.record_stay(guest, stay, new_id)
