"""The model against cases worked out by hand, and the years it is asked about."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from domain.property import InvitationSettings, PostStay, PreStay, QuietHours, Reminder
from tests.simulation import facts
from tests.simulation.facts import POST_STAY, PRE_STAY, Fact, a_year
from tests.simulation.model import Model
from tests.simulation.standing import Standing


def at(text: str) -> datetime:
    """In UTC, of the year 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


SETTINGS = facts.SettingsChanged(
    at("01-01T00:30"),
    InvitationSettings(
        pre_stay=PreStay(enabled=True, delay=24),
        post_stay=PostStay(enabled=True, delay=24, hour=10),
        reminder=Reminder(enabled=True, delay=48),
        quiet_hours=QuietHours(begin=21, end=11),
    ),
)
ANA = facts.GuestTold(at("03-01T08:30"), 1, "ana@example.com", None)
STAY = facts.StayTold(at("03-01T08:40"), 1, 1, date(2026, 3, 28), date(2026, 3, 29))


def after(*told: Fact, now: str) -> tuple[Standing, Standing]:
    """Where the messages before and after the first stay are."""
    model = Model("Europe/Paris", ask_again_after_days=30)
    for fact in sorted([SETTINGS, ANA, STAY, *told], key=lambda each: each.at):
        model.tell(fact)
    model.wait_until(at(now))
    standings = model.standings()
    return standings[1, PRE_STAY], standings[1, POST_STAY]


def test_messages_wait_and_go_out_by_the_clocks_of_the_property() -> None:
    """Clocks are put forward on 29 March: noon is at 11:00 UTC before, and at 10:00 from then on."""
    waiting = Standing("scheduled", at("03-26T23:00")), Standing("scheduled", at("03-31T08:00"))
    assert after(now="03-26T22:59") == waiting
    assert after(now="03-26T23:00") == (Standing("sent"), waiting[1])
    assert after(now="03-31T08:00") == (Standing("sent"), Standing("sent"))
    assert after(now="04-02T07:59")[1].reminders == 0
    assert after(now="04-02T08:00")[1].reminders == 1


def test_an_sms_waits_for_the_morning() -> None:
    mobile = facts.GuestTold(at("03-02T08:30"), 1, None, "+33612345678")
    assert after(mobile, now="03-27T00:00")[0] == Standing("scheduled", at("03-27T10:00"))


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (facts.StayRemoved(at("03-10T10:10"), 1, 1), Standing("cancelled", reason="stay_gone")),
        (facts.StayTold(at("03-10T10:10"), 1, 1, None, None), Standing("cancelled", reason="no_date")),
        (facts.MessageCancelled(at("03-10T10:10"), 1, POST_STAY), Standing("cancelled", reason="staff")),
        (facts.CommunicationCancelled(at("03-10T10:10"), 1), Standing("cancelled", reason="staff")),
        (facts.Unsubscribed(at("03-10T10:10"), 1), Standing("cancelled", reason="unsubscribed")),
        (facts.Blocked(at("03-10T10:10"), 1, None), Standing("cancelled", reason="blocked")),
        (facts.Blocked(at("03-10T10:10"), 1, date(2026, 3, 30)), Standing("sent")),
        (facts.Anonymised(at("03-10T10:10"), 1), Standing("cancelled", reason="forgotten")),
        (facts.Deleted(at("03-10T10:10"), 1), Standing("deleted")),
        (facts.Deleted(at("03-27T10:10"), 1), Standing("sent")),
        (facts.GuestTold(at("03-10T10:10"), 1, None, None), Standing("cancelled", reason="unreachable")),
        (facts.Bounced(at("03-27T10:10"), 1, PRE_STAY), Standing("cancelled", reason="bounced")),
        (facts.ReviewedOnSite(at("03-29T10:10"), 1), Standing("reviewed_on_site")),
        (facts.ComplaintOpened(at("03-29T10:10"), 1), Standing("scheduled", at("04-02T08:00"))),
        (facts.Bounced(at("04-01T10:10"), 1, POST_STAY), Standing("bounced")),
        (facts.Clicked(at("04-01T10:10"), 1), Standing("clicked_email")),
        (facts.Reviewed(at("04-01T10:10"), 1), Standing("reviewed_email")),
        (facts.ReminderAsked(at("04-01T10:10"), 1), Standing("sent", reminders=1)),
        (facts.Clicked(at("03-27T10:10"), 1), Standing("sent")),
    ],
)
def test_what_becomes_of_the_invitation_to_review(fact: Fact, expected: Standing) -> None:
    assert after(fact, now="04-01T12:00")[1] == expected


def test_a_complaint_delays_for_two_weeks_at_most_and_not_once_it_is_settled() -> None:
    opened = facts.ComplaintOpened(at("03-29T10:10"), 1)
    settled = facts.ComplaintSettled(at("04-02T10:10"), 1)
    assert after(opened, now="04-14T07:59")[1].state == "scheduled"
    assert after(opened, now="04-14T08:00")[1].state == "sent"
    assert after(opened, settled, now="04-03T08:00")[1].state == "sent"


def test_nobody_is_invited_to_review_again_too_soon() -> None:
    soon = facts.StayTold(at("03-02T08:40"), 1, 2, date(2026, 4, 20), date(2026, 4, 28))
    model = Model("Europe/Paris", ask_again_after_days=30)
    for fact in (SETTINGS, ANA, STAY, soon):
        model.tell(fact)
    model.wait_until(at("05-30T00:00"))
    assert model.standings()[2, POST_STAY] == Standing("sent", reminders=1)
    later = Model("Europe/Paris", ask_again_after_days=31)
    for fact in (SETTINGS, ANA, STAY, soon):
        later.tell(fact)
    later.wait_until(at("05-30T00:00"))
    assert later.standings()[2, POST_STAY] == Standing("cancelled", reason="asked_too_recently")


def test_a_year_is_the_same_for_a_seed_and_leads_to_most_states() -> None:
    year = a_year(7)
    assert year == a_year(7) != a_year(8)
    assert len({fact.at for fact in year}) == len(year)
    model = Model("Europe/Paris", ask_again_after_days=30)
    for fact in year:
        model.tell(fact)
    seen = Counter(each.state for each in model.standings().values())
    assert {"sent", "cancelled", "bounced", "clicked_email", "reviewed_email", "reviewed_on_site"} <= set(seen)
