"""While everybody writes of a guest, they are erased: nothing readable is left, and who comes again is new."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.settings import Settings
from application.caller import Caller
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_entry import Judged
from application.guests import change_guest, delete_guest, register_guest, take_in
from application.legal_hold import place_hold
from application.ports import ConcurrentChange
from domain.contact import Profile
from domain.guest import Guest, GuestForgotten, GuestUnknown, UnderLegalHold, fold
from domain.guest_events import GuestAnonymised, GuestDeleted, Origin
from tests.installation import rivage
from tests.waiting import PATIENCE

ROUNDS = 25
REFUSED = (GuestForgotten, GuestUnknown, UnderLegalHold, ConcurrentChange)


@pytest.fixture
def hote(database: str, tmp_path: Path) -> Iterator[Hote]:
    with open_hote(Settings(home=tmp_path, database_url=SecretStr(database))) as hote, hote.at_work():
        yield hote


def told(email: str, note: str) -> Judged:
    return Judged("fr", "FR", Profile(last_name="Lefèvre", emails=(email,), note=note), None)


@pytest.mark.parametrize("way", ["anonymise", "delete"])
def test_of_those_who_write_while_a_guest_is_erased_none_leaves_anything(hote: Hote, way: str) -> None:
    ports = hote.ports
    caller = rivage(ports).caller
    erased = [once(hote, caller, way, f"zoe{number}@example.com") for number in range(ROUNDS)]
    assert any(erased), "somebody must have been erased for this to mean anything"
    last = max(hote.runner.progress("guest_list"))
    assert hote.runner.wait_for("guest_list", last, PATIENCE)
    with hote.pool.connection() as connection:
        for guest_id in filter(None, erased):
            events = [each.event for each in ports.log.stream(guest_id)]
            assert all(getattr(event, name) is None for event in events for name in event.personal)
            assert isinstance(events[-1], GuestAnonymised | GuestDeleted)
            identities = connection.execute("SELECT FROM log.identities WHERE guest_id = %s", [guest_id])
            assert identities.fetchone() is None
            shown = connection.execute(
                "SELECT FROM guest_list.guest WHERE guest = %s AND profile IS NOT NULL", [guest_id]
            )
            assert shown.fetchone() is None


def once(hote: Hote, caller: Caller, way: str, email: str) -> UUID | None:
    """Registers a guest, has everybody write of them and one erase them at the same moment; the guest if erased."""
    ports, start = hote.ports, Barrier(6)
    guest_id, _ = register_guest(ports, caller, told(email, "first"), Origin.MANUAL)

    def change(note: str) -> None:
        start.wait()
        change_guest(ports, caller, guest_id, lambda _: told(email, note))

    def list_again(note: str) -> None:
        start.wait()
        take_in(ports, caller, [told(email, note)], Origin.MANUAL)

    def hold() -> None:
        start.wait()
        place_hold(ports, caller, guest_id, "Litige 118")

    def erase() -> None:
        start.wait()
        if way == "anonymise":
            anonymise_guest(ports, caller, guest_id, Why(reason="Demande"))
        else:
            delete_guest(ports, caller, guest_id)

    with ThreadPoolExecutor(6) as everybody:
        doing: list[Future[None]] = [
            everybody.submit(change, "one"),
            everybody.submit(change, "two"),
            everybody.submit(list_again, "three"),
            everybody.submit(list_again, "four"),
            everybody.submit(hold),
            everybody.submit(erase),
        ]
    failures = [failure for each in doing if (failure := each.exception())]
    assert all(isinstance(failure, REFUSED) for failure in failures), failures
    now = fold(Guest(guest_id), (each.event for each in ports.log.stream(guest_id)))
    return guest_id if now.anonymised or now.deleted else None
