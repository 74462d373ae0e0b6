"""What `hote demo` shows of invitations: what guests were sent, what they made of it, and one to answer oneself."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from rich.table import Column, Table

from adapters.bootstrap import Hote
from adapters.cli.console import POLL_SECONDS, console, table, wait_for
from adapters.demo.invitations import answer_some, begin_to_invite
from adapters.invitations.reaction import Invitations
from adapters.keys.links import Purpose
from adapters.queues import queues
from application.caller import Caller
from application.guest_records import load_guest
from application.invitation_reasons import SENTENCES
from domain.invitation import Message
from domain.invitation_states import State
from domain.reviewing import OWN_PORTAL
from projections.invitation_status.queries import stream
from projections.invitation_status.query import InvitationQuery
from projections.invitation_status.row import REASONS, Row

MESSAGE_TEXTS = {Message.PRE_STAY: "avant", Message.POST_STAY: "après"}
STATE_TEXTS = {
    State.SCHEDULED: "prévu",
    State.CANCELLED: "annulé",
    State.SENT: "envoyé",
    State.BOUNCED: "non remis",
    State.CLICKED_EMAIL: "clic",
    State.CLICKED_SMS: "clic",
    State.REVIEWED_EMAIL: "avis",
    State.REVIEWED_SMS: "avis",
    State.REVIEWED_ON_SITE: "avis sur place",
    State.DELETED: "supprimé",
}


def show_invitations(hote: Hote, caller: Caller, property_id: UUID, today: date) -> str:
    """Gives the link that one guest, who has not answered, has in their mail."""
    begin_to_invite(hote.ports, caller, property_id, today)
    wait_until_sent(hote)
    *others, last = rows(hote, property_id, state=State.SENT, message=Message.POST_STAY, portal=OWN_PORTAL)
    answer_some(hote.ports, [(row.invitation, row.language or "en") for row in others], seed=1)
    everything = rows(hote, property_id)
    numbers = Counter(row.state.replace("_", " ") for row in everything)
    by_state = ", ".join(f"{number} {state}" for state, number in numbers.items())
    console.print(f"\n{len(everything)} messages before and after stays, in the guests' languages: {by_state}.")
    console.print(invitation_table(hote, caller, some_of_each(everything)))
    console.print("What was sent is in the folder outbox of HOTE_HOME too.")
    token = hote.links.token(Purpose.CLICK, last.invitation, today + timedelta(days=30))
    return f"{hote.settings.public_url}/{Purpose.CLICK}/{token}"


def wait_until_sent(hote: Hote) -> None:
    """Until all guests are planned of whom something changed, and what is due by then has left."""
    for name in ("planning", "invitations"):
        wait_for(hote, [Invitations.name])
        while length(hote, name):
            time.sleep(POLL_SECONDS)


def length(hote: Hote, name: str) -> int:
    with hote.pool.connection() as connection:
        return next(queue.length for queue in queues(connection) if queue.queue == name)


def rows(hote: Hote, property_id: UUID, **equal: str) -> Sequence[Row]:
    """The invitations with these values, the first due first."""
    wait_for(hote)
    with hote.pool.connection() as connection:
        return list(stream(connection, InvitationQuery([property_id], equal, sort="due_at")))


def some_of_each(everything: Sequence[Row]) -> Sequence[Row]:
    """One of each message in each state, by each channel, in each language and for each reason."""
    kinds = {(row.message, row.state, row.channel, row.language, row.reason): row for row in everything}
    return list(kinds.values())


def invitation_table(hote: Hote, caller: Caller, shown: Sequence[Row]) -> Table:
    titles = ("Client", "Séjour", "État", "Le", "Par", "Lg.", "Portail")
    made = table(*(Column(title, no_wrap=True) for title in titles), "Pourquoi")
    for row in shown:
        profile = load_guest(hote.ports, caller, row.guest).guest.known.profile
        made.add_row(
            profile.last_name if profile else "",
            MESSAGE_TEXTS[Message(row.message)],
            STATE_TEXTS[State(row.state)],
            f"{row.sent_at or row.due_at or row.updated_at:%d/%m}",
            row.channel or "",
            row.language or "",
            row.portal or "",
            SENTENCES[REASONS[row.reason]].fr if row.reason else "",
        )
    return made
