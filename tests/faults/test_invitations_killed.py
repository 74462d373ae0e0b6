"""Whoever is killed, or loses the database, after a server took an invitation and before saying so, repeats it."""

import os
import signal
from datetime import timedelta
from uuid import UUID

from adapters.bootstrap import Hote
from application.guest_entry import Judged
from application.guests import take_in
from application.organisation import change_property
from domain.contact import Profile
from domain.guest_events import Origin, StayRecorded
from domain.invitation import InvitationSent, Message
from domain.inviting import invitation_id
from domain.property import InvitationSettings, PostStay
from domain.stay import Stay
from tests.adapters.mail.server import MailServer
from tests.faults.workers import cut_off, ready, worker
from tests.installation import rivage, waits_for_a_lock
from tests.waiting import eventually

NOW = InvitationSettings(post_stay=PostStay(enabled=True, delay=0))


def invited(hote: Hote) -> UUID:
    """A guest who left yesterday, and is to be asked now; gives the id of the invitation."""
    caller, property_id, _ = rivage(hote.ports)
    change_property(hote.ports, caller, property_id, lambda known: known.model_copy(update={"invitations": NOW}))
    left = hote.ports.now().date() - timedelta(1)
    stay = Stay(property_id=property_id, arrival=left - timedelta(1), departure=left)
    guest = Judged("fr", "FR", Profile(first_name="Zoé", last_name="Lefèvre", emails=("zoe@example.com",)), stay)
    [outcome], _ = take_in(hote.ports, caller, [guest], Origin.MANUAL)
    [stay_id] = [
        each.event.stay_id for each in hote.log.stream(outcome.guest_id) if isinstance(each.event, StayRecorded)
    ]
    return invitation_id(stay_id, Message.POST_STAY)


def sent(hote: Hote, invitation: UUID) -> int:
    """How often the invitation was told so."""
    return sum(isinstance(each.event, InvitationSent) for each in hote.log.stream(invitation))


def waiting(hote: Hote) -> int:
    with hote.pool.connection() as connection:
        [count] = connection.execute("SELECT count(*) FROM invitations.due").fetchone() or [0]
    return int(count)


def assert_same_twice(hote: Hote, smtp: MailServer, invitation: UUID) -> None:
    eventually(lambda: sent(hote, invitation) == 1 and not waiting(hote))
    first, second = smtp.sources
    assert first == second
    assert f"<{invitation}.0@localhost>" in first.decode()


def test_killed_between_sending_and_saying_so(hote: Hote, smtp: MailServer) -> None:
    with worker(hote) as process:
        eventually(lambda: ready(hote))
        with smtp.held():
            invitation = invited(hote)
            assert smtp.waiting.wait(60)
            with hote.pool.connection() as connection, connection.transaction():
                connection.execute("LOCK TABLE log.events IN SHARE ROW EXCLUSIVE MODE")
                smtp.free.set()
                eventually(lambda: len(smtp.taken) == 1 and waits_for_a_lock(hote, "worker"))
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                cut_off(hote)  # or Postgres would do what the dead process had asked for
    assert (sent(hote, invitation), waiting(hote)) == (0, 1)

    with worker(hote):
        assert_same_twice(hote, smtp, invitation)


def test_cut_off_from_the_database_while_sending(hote: Hote, smtp: MailServer) -> None:
    with worker(hote):
        eventually(lambda: ready(hote))
        with smtp.held():
            invitation = invited(hote)
            assert smtp.waiting.wait(60)
            cut_off(hote)
        eventually(lambda: sent(hote, invitation) == 1 and not waiting(hote))
        assert len(set(smtp.sources)) == 1


def test_a_worker_that_died_while_sending_leaves_it_to_another(hote: Hote, smtp: MailServer) -> None:
    with worker(hote) as first, smtp.held():
        invitation = invited(hote)
        assert smtp.waiting.wait(60)
        with worker(hote):
            smtp.waiting.clear()
            os.killpg(first.pid, signal.SIGKILL)
            assert smtp.waiting.wait(60)
            smtp.free.set()
            eventually(lambda: sent(hote, invitation) == 1)
    assert len(set(smtp.sources)) == 1
