"""What can happen in a year that invitations depend on, and any number of such years by a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from domain.property import Channel, InvitationSettings, PostStay, PreStay, QuietHours, Reminder

DAY = timedelta(days=1)
PRE_STAY, POST_STAY = MESSAGES = "pre_stay", "post_stay"


@dataclass(frozen=True)
class Fact:
    """Guests and stays have numbers, each a range of its own."""

    at: datetime
    """Aware, never the same for two facts."""


@dataclass(frozen=True)
class SettingsChanged(Fact):
    settings: InvitationSettings


@dataclass(frozen=True)
class GuestFact(Fact):
    guest: int


@dataclass(frozen=True)
class GuestTold(GuestFact):
    """How a guest can be reached from now on; where by nothing, they have but a fixed line."""

    email: str | None
    mobile: str | None


@dataclass(frozen=True)
class StayTold(GuestFact):
    """There is such a stay, or it is as said now."""

    stay: int
    arrival: date | None
    departure: date | None


@dataclass(frozen=True)
class StayRemoved(GuestFact):
    stay: int


@dataclass(frozen=True)
class MessageCancelled(Fact):
    """By a person, who is refused where it does not wait to be sent."""

    stay: int
    message: str


@dataclass(frozen=True)
class CommunicationCancelled(GuestFact):
    """By a person, who is refused where no message waits to be sent."""


@dataclass(frozen=True)
class ReminderAsked(Fact):
    """By a person, who is refused where nobody can be reminded."""

    stay: int


@dataclass(frozen=True)
class Blocked(GuestFact):
    until: date | None


@dataclass(frozen=True)
class Unblocked(GuestFact):
    pass


@dataclass(frozen=True)
class Unsubscribed(GuestFact):
    pass


@dataclass(frozen=True)
class Anonymised(GuestFact):
    pass


@dataclass(frozen=True)
class Deleted(GuestFact):
    """By a person, who is refused where a message was sent to the guest."""


@dataclass(frozen=True)
class ComplaintOpened(GuestFact):
    pass


@dataclass(frozen=True)
class ComplaintSettled(GuestFact):
    pass


@dataclass(frozen=True)
class Clicked(Fact):
    """The guest opens the link of the invitation to review; nothing happens where they did not get one."""

    stay: int


@dataclass(frozen=True)
class Reviewed(Fact):
    """The guest writes a good review through that link; nothing happens where they did not get one."""

    stay: int


@dataclass(frozen=True)
class ReviewedOnSite(GuestFact):
    """The guest writes a good review on the hotel's tablet, with their e-mail address where they have one."""


@dataclass(frozen=True)
class Bounced(Fact):
    """A mail server reports that there is no such mailbox; nothing happens where the message was not sent by mail."""

    stay: int
    message: str


def a_year(seed: int, *, guests: int = 40, year: int = 2026) -> list[Fact]:
    """Facts in the order of time, always the same for a seed.

    The stays of a guest are far enough from each other that no two invitations to review are due at one time.
    """
    chance = random.Random(seed)
    stays = count()
    facts: list[Fact] = [SettingsChanged(_moment(chance, date(year, 1, 1)), _settings(chance, enabled=True))]
    facts += [
        SettingsChanged(_moment(chance, date(year, 1, 2) + chance.randrange(360) * DAY), _settings(chance))
        for _ in range(8)
    ]
    for guest in range(guests):
        facts += _life(chance, guest, stays, date(year, 1, 3) + chance.randrange(150) * DAY)
    return sorted(facts, key=lambda fact: fact.at)


def _settings(chance: random.Random, *, enabled: bool = False) -> InvitationSettings:
    def hour() -> int | None:
        return chance.choice([None, chance.randrange(24)])

    def on() -> bool:
        return enabled or chance.random() < 0.8

    channels = list(Channel)
    return InvitationSettings(
        pre_stay=PreStay(enabled=on(), channel=chance.choice(channels), delay=chance.randrange(0, 120), hour=hour()),
        post_stay=PostStay(enabled=on(), channel=chance.choice(channels), delay=chance.randrange(0, 120), hour=hour()),
        reminder=Reminder(enabled=on(), delay=chance.randrange(1, 240)),
        quiet_hours=QuietHours(begin=chance.randrange(24), end=chance.randrange(24)),
    )


def _life(chance: random.Random, guest: int, stays: Iterator[int], known: date) -> Iterator[Fact]:
    """A guest with one stay or a few, and what comes between."""
    yield _reach(chance, guest, _moment(chance, known))
    arrival = known + chance.randint(1, 30) * DAY
    for number in range(chance.randint(1, 4)):
        departure = arrival + chance.randint(1, 6) * DAY
        told = known + DAY if number == 0 else arrival - chance.randint(-8, 15) * DAY
        yield from _stay(chance, guest, next(stays), told, arrival, departure)
        arrival = departure + chance.randint(22, 60) * DAY
    rare: list[Callable[[datetime], Fact]] = [
        lambda at: _reach(chance, guest, at),
        lambda at: CommunicationCancelled(at, guest),
        lambda at: Blocked(at, guest, chance.choice([None, at.date() + chance.randrange(20) * DAY])),
        lambda at: Unblocked(at, guest),
        lambda at: Unsubscribed(at, guest),
        lambda at: Anonymised(at, guest),
        lambda at: Deleted(at, guest),
    ]
    for happens in rare:
        if chance.random() < 0.15:
            yield happens(_moment(chance, known + chance.randint(1, (arrival - known).days) * DAY))


def _stay(chance: random.Random, guest: int, stay: int, told: date, arrival: date, departure: date) -> Iterator[Fact]:
    yield StayTold(_moment(chance, told), guest, stay, chance.choice([arrival, arrival, None]), departure)
    if chance.random() < 0.5:
        days = chance.randint(-2, 3) * DAY
        changed = told + chance.randint(1, 9) * DAY
        yield StayTold(
            _moment(chance, changed), guest, stay, arrival + days, chance.choice([departure + days, departure, None])
        )
    possible: list[Callable[[datetime], Fact]] = [
        lambda at: Clicked(at, stay),
        lambda at: Reviewed(at, stay),
        lambda at: ReviewedOnSite(at, guest),
        lambda at: ReminderAsked(at, stay),
        lambda at: Bounced(at, stay, chance.choice(MESSAGES)),
        lambda at: MessageCancelled(at, stay, chance.choice(MESSAGES)),
        lambda at: StayRemoved(at, guest, stay),
    ]
    for happens in chance.choices(possible, weights=[6, 4, 2, 3, 2, 2, 1], k=3):
        yield happens(_moment(chance, max(arrival + chance.randint(-6, 20) * DAY, told + DAY)))
    if chance.random() < 0.3:
        opened = arrival + chance.randrange(6) * DAY
        yield ComplaintOpened(_moment(chance, opened), guest)
        if chance.random() < 0.7:
            yield ComplaintSettled(_moment(chance, opened + chance.randint(1, 20) * DAY), guest)


def _reach(chance: random.Random, guest: int, at: datetime) -> GuestTold:
    email = f"guest{guest}.{chance.randrange(1_000_000)}@example.com" if chance.random() < 0.8 else None
    mobile = f"+336{guest:04}{chance.randrange(10_000):04}" if chance.random() < 0.6 else None
    return GuestTold(at, guest, email, mobile)


def _moment(chance: random.Random, day: date) -> datetime:
    """Never a full hour, at which messages go out."""
    second = chance.randrange(24) * 3600 + chance.randrange(60, 3600 - 60)
    return datetime.combine(day, time(), UTC) + timedelta(seconds=second, milliseconds=chance.randrange(1000))
