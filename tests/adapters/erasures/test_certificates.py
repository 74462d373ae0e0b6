"""An erasure is certified when nothing readable is left anywhere, and not a moment earlier."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.keys.signing import verified
from adapters.settings import Settings
from application.caller import Caller
from application.erasure.guests import Result, anonymise_guests
from application.erasure.made import read_erasure
from application.erasure.why import Why
from application.guest_entry import Judged
from application.guests import register_guest
from domain.contact import Profile
from domain.guest_events import Origin
from projections import runner
from tests.installation import rivage
from tests.waiting import PATIENCE, eventually


@pytest.fixture
def hote(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hote]:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.05)
    with open_hote(Settings(home=tmp_path, database_url=SecretStr(database))) as hote, hote.at_work():
        yield hote


@pytest.fixture
def caller(hote: Hote) -> Caller:
    return rivage(hote.ports).caller


def erased(hote: Hote, caller: Caller, number: int = 1) -> list[UUID]:
    """The erasures of as many guests, who were all erased together."""
    guests = []
    for n in range(number):
        profile = Profile(last_name="Lefèvre", emails=(f"zoe{n}@example.com",))
        guest_id, position = register_guest(hote.ports, caller, Judged(None, "FR", profile, None), Origin.MANUAL)
        guests.append(guest_id)
    assert hote.runner.wait_for("guest_list", position, PATIENCE)
    results = anonymise_guests(hote.ports, caller, guests, Why(reason="Demande"))
    assert {each.result for each in results} == {Result.ERASED}
    return [each.erasure_id for each in results if each.erasure_id]


def certificate(hote: Hote, caller: Caller, erasure: UUID) -> str | None:
    return read_erasure(hote.ports, caller, erasure).certificate


def has_followed(hote: Hote) -> bool:
    return not any(each.behind_events for each in hote.runner.standings())


def failure(hote: Hote) -> str | None:
    [standing] = hote.certifier.standings()
    return standing.failure


def test_each_of_many_erased_together_has_a_certificate_of_their_own(hote: Hote, caller: Caller) -> None:
    erasures = erased(hote, caller, number=5)
    eventually(lambda: all(certificate(hote, caller, each) for each in erasures))
    said = [verified((certificate(hote, caller, each) or "").encode(), hote.signer.public_key) for each in erasures]
    assert [body["erasure_id"] for body in said] == [str(each) for each in erasures]
    assert len({str(body["key_fingerprint"]) for body in said}) == 5


def test_none_while_a_read_model_is_rebuilt_which_may_hold_a_copy(hote: Hote, caller: Caller) -> None:
    # Whoever feeds the list first drops what a rebuild left, and would take this for that.
    eventually(lambda: has_followed(hote))
    with hote.pool.connection() as connection:
        connection.execute("CREATE SCHEMA guest_list_next")
        [erasure] = erased(hote, caller)
        eventually(lambda: has_followed(hote))
        assert hote.runner.followed_by(["guest_list"]) == 0
        assert certificate(hote, caller, erasure) is None
        connection.execute("DROP SCHEMA guest_list_next")
    eventually(lambda: certificate(hote, caller, erasure) is not None)


def test_none_where_a_read_model_still_shows_something_and_it_says_so(hote: Hote, caller: Caller) -> None:
    with hote.pool.connection() as connection:
        connection.execute(
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN NEW.search := 'kept'; RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER keep BEFORE INSERT ON guest_list.guest FOR EACH ROW EXECUTE FUNCTION keep()")
        [erasure] = erased(hote, caller)
        eventually(lambda: failure(hote) is not None)
        assert failure(hote) == "ReadableLeft at a ErasureBegun"
        assert certificate(hote, caller, erasure) is None
        connection.execute("DROP TRIGGER keep ON guest_list.guest")
        connection.execute("UPDATE guest_list.guest SET search = NULL")
    eventually(lambda: certificate(hote, caller, erasure) is not None)
    assert failure(hote) is None
