"""/v1/erasures/{id}: what it answers until the read models have followed, and then."""

import psycopg
import pytest

from adapters.bootstrap import Hote
from adapters.erasures.certificates import ErasureCertificates
from adapters.http.routes import erasures
from tests.contract.conftest import House


def test_until_the_certificate_is_there_it_is_pending(
    house: House, hote: Hote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "PATIENCE", 0)
    guest = house.admin.register()
    with psycopg.connect(hote.database_url) as connection:
        # Holds back what certifies, until the end of the transaction.
        connection.execute("SELECT FROM projection.checkpoints WHERE name = %s FOR UPDATE", [ErasureCertificates.name])
        erased = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "asked"})
        path = f"/v1/erasures/{erased.json()['erasure_id']}"
        pending = house.admin.get(path)
        assert (pending.status_code, pending.json()["type"]) == (503, "/problems/certificate-pending")
        assert pending.headers["retry-after"] == "1"
        assert house.admin.get(f"/v1/guests/{guest['id']}").json()["last_name"] is None
    assert hote.certifier.wait_for(ErasureCertificates.name, int(erased.headers["hote-position"]), 10)
    assert house.admin.get(path).json()["guest_id"] == guest["id"]
