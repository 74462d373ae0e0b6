"""After an older backup was restored, arrivals are forgotten that may tell of who was erased since."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import SecretStr

from adapters.bootstrap import open_hote
from adapters.erasures.ledger import LINE
from adapters.settings import Settings
from application.announcing import load_pending
from application.arrivals import announce
from application.erasure.made import LedgerLine
from application.guest_entry import Judged
from domain.contact import Profile
from domain.erasure import About
from domain.stay import Stay
from tests.installation import rivage


def test_arrivals_are_forgotten_when_who_became_of_them_is_not_known(database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=SecretStr(database))
    with open_hote(settings) as hote:
        (caller, here, _), (elsewhere, there, _) = rivage(hote.ports), rivage(hote.ports)

        def told(property_id: UUID) -> Judged:
            stay = Stay(property_id=property_id, arrival=date(2026, 11, 18))
            return Judged("fr", "FR", Profile(last_name="Lefèvre", emails=("zoe@example.com",)), stay)

        [arrival], _ = announce(hote.ports, caller, [told(here)])
        [of_others], _ = announce(hote.ports, elsewhere, [told(there)])
        erased_at = datetime.now(UTC)
        later = told(here)._replace(stay=Stay(property_id=here, arrival=date(2026, 12, 24)))
        [announced_since], _ = announce(hote.ports, caller, [later])
        for moment in (erased_at - timedelta(days=9), erased_at):
            line = LedgerLine(About.GUEST, uuid4(), caller.organisation_id, uuid4(), moment, "key", "Demande", None)
            with hote.ledger.path.open("ab") as ledger:
                ledger.write(LINE.dump_json(line) + b"\n")
    with open_hote(settings) as hote:
        pending = load_pending(hote.ports, [arrival, of_others, announced_since])
        assert {each.id for each in pending} == {of_others, announced_since}
        assert str(hote.log.stream(arrival)).count("Lefèvre") == 0
