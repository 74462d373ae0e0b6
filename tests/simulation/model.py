"""What the invitations of a property must come to: the rules once more, told plainly and without the service's code.

It is for zones of whole hours: see clock.py.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.property import Channel, InvitationSettings
from tests.simulation import facts
from tests.simulation.clock import HOUR, Clock
from tests.simulation.facts import DAY, MESSAGES, POST_STAY, PRE_STAY, Fact
from tests.simulation.standing import Guest, Invitation, Standing, Stay

TWO_WEEKS = 14 * DAY
FINAL = ("staff", "asked_too_recently")


class Model:
    """One property, whose messages are not enabled until the first SettingsChanged."""

    def __init__(self, time_zone: str, ask_again_after_days: int) -> None:
        self.clock = Clock(ZoneInfo(time_zone))
        self.ask_again_after = ask_again_after_days * DAY
        self.settings = InvitationSettings()
        self.now = datetime.min.replace(tzinfo=UTC)
        self.guests: dict[int, Guest] = {}
        self.stays: dict[int, Stay] = {}
        self.invitations: dict[tuple[int, str], Invitation] = {}

    def standings(self) -> dict[tuple[int, str], Standing]:
        """By stay and message, of every stay that was ever told of."""
        return {key: each.standing for key, each in self.invitations.items()}

    def next_due(self) -> datetime | None:
        """When something is to be sent, or looked at again."""
        return min((at for each in self.invitations.values() if (at := self._due(each))), default=None)

    def wait_until(self, moment: datetime) -> None:
        """Everything goes out on time."""
        while (at := self.next_due()) is not None and at <= moment:
            self.now = max(self.now, at)
            for each in self.invitations.values():
                if self._due(each) == at:
                    self._send(each)
        self.now = moment

    def tell(self, fact: Fact) -> None:
        """Facts come in the order of time."""
        self.wait_until(fact.at)
        self._happens(fact)
        self.wait_until(fact.at)

    def _happens(self, fact: Fact) -> None:
        match fact:
            case facts.SettingsChanged(settings=settings):
                self.settings = settings
                self._plan(self.invitations.values(), settings_changed=True)
            case facts.GuestFact(guest=number):
                guest = self.guests.setdefault(number, Guest())
                if not guest.forgotten and not guest.deleted:
                    self._happens_to(guest, fact)
                    self._plan(self._of(guest))
            case facts.Clicked(stay=stay):
                self._answer(stay, "clicked", ("sent", "bounced"))
            case facts.Reviewed(stay=stay):
                self._answer(stay, "reviewed", ("sent", "bounced", "clicked_email", "clicked_sms", "reviewed_on_site"))
            case facts.Bounced(stay=stay, message=message) if (stay, message) in self.invitations:
                self._bounce(self.invitations[stay, message])
            case facts.MessageCancelled(stay=stay, message=message) if (stay, message) in self.invitations:
                cancel(self.invitations[stay, message], "staff")
            case facts.ReminderAsked(stay=stay) if (stay, POST_STAY) in self.invitations:
                invitation = self.invitations[stay, POST_STAY]
                if invitation.can_be_reminded and not self._hindrance(invitation, self._today()):
                    invitation.asked_at = invitation.asked_at or self.now

    def _happens_to(self, guest: Guest, fact: facts.GuestFact) -> None:
        match fact:
            case facts.GuestTold(email=email, mobile=mobile):
                guest.email, guest.mobile = email, mobile
            case facts.StayTold(stay=number, arrival=arrival, departure=departure):
                stay = self.stays.setdefault(number, Stay(guest))
                stay.arrival, stay.departure, stay.gone = arrival, departure, False
                for message in MESSAGES:
                    self.invitations.setdefault((number, message), Invitation(stay, message))
            case facts.StayRemoved(stay=number) if number in self.stays:
                self.stays[number].gone = True
            case facts.CommunicationCancelled():
                if any(each.state == "scheduled" for each in self._of(guest)):
                    for stay in self.stays.values():
                        stay.silenced = stay.silenced or (stay.guest is guest and not stay.gone)
            case facts.Blocked(until=until):
                guest.blocked = (until,)
            case facts.Unblocked():
                guest.blocked = None
            case facts.Unsubscribed():
                guest.unsubscribed = True
            case facts.Anonymised():
                guest.forgotten = True
            case facts.Deleted():
                guest.deleted = not any(each.sent_at for each in self._of(guest))
            case facts.ComplaintOpened() | facts.ComplaintSettled():
                guest.complains = isinstance(fact, facts.ComplaintOpened)
            case facts.ReviewedOnSite():
                self._review_on_site(guest)

    def _of(self, guest: Guest) -> list[Invitation]:
        return [each for each in self.invitations.values() if each.stay.guest is guest]

    def _answer(self, stay: int, what: str, after: Iterable[str]) -> None:
        invitation = self.invitations.get((stay, POST_STAY))
        if invitation and invitation.sent_at and invitation.state in after and not invitation.stay.guest.forgotten:
            invitation.state = f"{what}_{invitation.channel}"

    def _bounce(self, invitation: Invitation) -> None:
        guest = invitation.stay.guest
        if invitation.channel != Channel.EMAIL:
            return
        if invitation.state == "sent":
            invitation.state, invitation.remind_at, invitation.asked_at = "bounced", None, None
        guest.undeliverable.add(invitation.address)
        self._plan(self._of(guest))

    def _review_on_site(self, guest: Guest) -> None:
        """It is of the stay that began last, within 30 days; strangers' reviews are nobody's."""
        today = self._today()
        recent = [
            (each.stay.arrival, each)
            for each in self._of(guest)
            if each.message == POST_STAY and not each.stay.gone and each.stay.arrival
            if today - 30 * DAY <= each.stay.arrival <= today
        ]
        if guest.email and recent:
            _, last = max(recent, key=lambda each: each[0])
            if not last.state.startswith("reviewed"):
                last.state = "reviewed_on_site"

    def _plan(self, invitations: Iterable[Invitation], *, settings_changed: bool = False) -> None:
        for each in invitations:
            if each.stay.guest.deleted:
                each.state = "deleted" if each.state in ("scheduled", "cancelled") else each.state
            elif each.state in ("not_enabled", "scheduled", "cancelled"):
                self._schedule(each)
            elif each.can_be_reminded and self._hindrance(each, self._today(), reachable=True):
                each.remind_at = each.asked_at = None
            elif settings_changed and each.can_be_reminded and each.remind_at and each.sent_at:
                reminder = self.settings.reminder
                if reminder.enabled:
                    each.remind_at = each.sent_at + reminder.delay * HOUR
                elif not each.asked_at:
                    each.remind_at = None

    def _schedule(self, invitation: Invitation) -> None:
        wanted = self._wanted(invitation)
        if wanted == "too_late" and invitation.put_off and invitation.message == POST_STAY:
            pass
        elif isinstance(wanted, str):
            cancel(invitation, wanted)
        elif invitation.state == "cancelled" and invitation.reason in FINAL:
            pass
        elif invitation.state != "scheduled" or not invitation.due_at:
            invitation.state, invitation.due_at, invitation.waits = "scheduled", wanted, False
            invitation.put_off = False
        elif wanted > invitation.due_at or (wanted < invitation.due_at and not invitation.waits):
            invitation.due_at, invitation.waits, invitation.put_off = wanted, False, False

    def _wanted(self, invitation: Invitation) -> datetime | str:
        """When it is to go out, or why it is not to."""
        due = self._configured(invitation)
        goes_out = due if isinstance(due, str) else self._allowed(due, self._reach(invitation)[0])
        day = self._today() if isinstance(goes_out, str) else max(self.clock.wall(goes_out).date(), self._today())
        if reason := self._hindrance(invitation, day, reachable=True):
            return reason
        if isinstance(due, str):
            return due
        if reason := self._hindrance(invitation, day):
            return reason
        if self._is_late(invitation) or (invitation.message == POST_STAY and self.now > due + TWO_WEEKS):
            return "too_late"
        return goes_out

    def _configured(self, invitation: Invitation) -> datetime | str:
        """When it goes out as the property configures, quiet hours aside."""
        before, stay = invitation.message == PRE_STAY, invitation.stay
        configured = self.settings.pre_stay if before else self.settings.post_stay
        day = stay.arrival if before else stay.departure
        if not configured.enabled:
            return "not_enabled"
        if day is None:
            return "no_date"
        delay = configured.delay * HOUR
        moment = self.clock.when(day, 0) - delay if before else self.clock.when(day, 12) + delay
        while configured.hour is not None and not self.clock.shows(moment, configured.hour):
            moment += -HOUR if before else HOUR
        return moment

    def _hindrance(self, invitation: Invitation, day: date, *, reachable: bool = False) -> str | None:
        """What keeps a message from the guest; `reachable` is not to ask whether there is an address."""
        stay, guest = invitation.stay, invitation.stay.guest
        if stay.gone:
            return "stay_gone"
        if guest.forgotten:
            return "forgotten"
        if stay.silenced:
            return "staff"
        if guest.unsubscribed:
            return "unsubscribed"
        if guest.blocked and (guest.blocked[0] is None or day <= guest.blocked[0]):
            return "blocked"
        if reachable or self._reach(invitation)[1]:
            return None
        return "bounced" if guest.email else "unreachable"

    def _reach(self, invitation: Invitation) -> tuple[str, str | None]:
        """The channel and the address, None where there is none."""
        guest = invitation.stay.guest
        configured = self.settings.pre_stay if invitation.message == PRE_STAY else self.settings.post_stay
        mail = None if guest.email in guest.undeliverable else guest.email
        if mail and (configured.channel == Channel.EMAIL or not guest.mobile):
            return "email", mail
        return "sms", guest.mobile

    def _allowed(self, moment: datetime, channel: str) -> datetime:
        quiet = self.settings.quiet_hours
        return self.clock.after_quiet_hours(moment, quiet.begin, quiet.end) if channel == Channel.SMS else moment

    def _is_late(self, invitation: Invitation) -> bool:
        """The guest may have arrived already."""
        arrival = invitation.stay.arrival
        return invitation.message == PRE_STAY and arrival is not None and self.now >= self.clock.when(arrival, 12)

    def _due(self, invitation: Invitation) -> datetime | None:
        if invitation.state == "scheduled":
            return invitation.due_at
        if not invitation.can_be_reminded:
            return None
        return invitation.asked_at or invitation.remind_at

    def _send(self, invitation: Invitation) -> None:
        """What is due: the message, or a reminder of it."""
        channel, address = self._reach(invitation)
        allowed = self._allowed(self.now, channel)
        if (reason := self._hindrance(invitation, self._today())) or not address:
            self._not_sent(invitation, reason or "")
        elif invitation.state == "scheduled" and self._is_late(invitation):
            self._not_sent(invitation, "too_late")
        elif invitation.state != "scheduled" and not invitation.asked_at and not self.settings.reminder.enabled:
            self._not_sent(invitation, "not_enabled")
        elif allowed > self.now:
            later(invitation, allowed)
        elif self._is_to_wait_for_a_complaint(invitation):
            invitation.waits = True
            later(invitation, self.now + DAY)
        elif invitation.state == "scheduled":
            self._send_message(invitation, channel, address)
        else:
            invitation.reminders += 1
            invitation.state = "sent" if invitation.state == "bounced" else invitation.state
            is_automatic = invitation.remind_at and invitation.remind_at <= self.now
            invitation.remind_at = None if is_automatic else invitation.remind_at
            invitation.asked_at = None

    def _is_to_wait_for_a_complaint(self, invitation: Invitation) -> bool:
        """It delays, for two weeks at most, and not what a person asked for."""
        since = self._configured(invitation)
        since = (invitation.due_at or self.now) if isinstance(since, str) else since
        waits = invitation.stay.guest.complains and self.now < since + TWO_WEEKS
        return waits and invitation.message == POST_STAY and not invitation.asked_at

    def _send_message(self, invitation: Invitation, channel: str, address: str) -> None:
        guest, reminder = invitation.stay.guest, self.settings.reminder
        if invitation.message == POST_STAY:
            if guest.asked_at and self.now < guest.asked_at + self.ask_again_after:
                cancel(invitation, "asked_too_recently")
                return
            guest.asked_at = self.now
            invitation.remind_at = self.now + reminder.delay * HOUR if reminder.enabled else None
        invitation.state, invitation.sent_at = "sent", self.now
        invitation.channel, invitation.address = channel, address

    def _not_sent(self, invitation: Invitation, reason: str) -> None:
        if invitation.state == "scheduled":
            cancel(invitation, reason)
        else:
            invitation.remind_at = invitation.asked_at = None

    def _today(self) -> date:
        return self.clock.wall(self.now).date()


def cancel(invitation: Invitation, reason: str) -> None:
    if invitation.state == "scheduled":
        invitation.state, invitation.reason = "cancelled", reason


def later(invitation: Invitation, moment: datetime) -> None:
    if invitation.state == "scheduled":
        invitation.due_at, invitation.put_off = moment, True
    elif invitation.asked_at:
        invitation.asked_at = moment
    else:
        invitation.remind_at = moment
