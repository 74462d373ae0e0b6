"""What an erasure tells: its state, and the certificate that names nobody."""

from datetime import UTC, datetime
from uuid import UUID

from domain.contact import Profile
from domain.erasure import About, Destroyed, ErasureBegun, ErasureCertified, Left, certificate, fold, sealed_fields
from domain.event import Event, Recorded
from domain.guest_events import GuestAnonymised, GuestDeleted, GuestRegistered, LegalHoldPlaced, Origin

ERASURE, GUEST, ORGANISATION = UUID(int=1), UUID(int=2), UUID(int=3)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEGUN = ErasureBegun(
    originator_id=ERASURE,
    originator_version=1,
    organisation_id=ORGANISATION,
    about=About.GUEST,
    subject_id=GUEST,
    reference="2026-0042",
    sealed_fields=3,
    identities=2,
    destroyed=Destroyed(key_fingerprint="ab" * 32, import_rows=1),
)
CERTIFIED = ErasureCertified(originator_id=ERASURE, originator_version=2, certificate="{}")


def recorded(event: Event, position: int = 7) -> Recorded:
    return Recorded(
        position, NOON, ORGANISATION, None, "key:1", UUID(int=9), event, reason="Demande", hash=b"\x01" * 32
    )


def test_an_erasure_has_its_certificate_once_the_read_models_have_followed() -> None:
    begun, certified = fold([BEGUN]), fold([BEGUN, CERTIFIED])
    assert begun is not None
    assert certified is not None
    assert (begun.certificate, certified.certificate) == (None, "{}")


def test_another_stream_is_no_erasure() -> None:
    assert fold([]) is None
    assert fold([GuestDeleted(originator_id=ERASURE, originator_version=1)]) is None


def test_the_certificate_says_what_was_destroyed_who_asked_and_what_is_kept() -> None:
    anonymised = GuestAnonymised(originator_id=GUEST, originator_version=4, erasure_id=ERASURE)
    said = certificate(recorded(BEGUN), recorded(anonymised, 6), [Left("guest_list", 0, 8)], NOON)
    assert (said["asked_by"], said["reason"], said["reference"]) == ("key:1", "Demande", "2026-0042")
    assert (said["log_position"], said["event_hash"]) == (6, "01" * 32)
    assert said["key_fingerprint"] == "ab" * 32
    destroyed = said["destroyed"]
    assert isinstance(destroyed, list)
    assert [each["count"] for each in destroyed] == [1, 3, 2, 1, 0, 0]
    assert said["read_models"] == [{"read_model": "guest_list", "readable_rows": 0, "position": 8}]
    assert said["kept"]


def test_readable_personal_fields_are_counted_by_whose_they_are() -> None:
    told = GuestRegistered(
        originator_id=GUEST,
        originator_version=1,
        organisation_id=ORGANISATION,
        origin=Origin.MANUAL,
        profile=Profile(last_name="Lefèvre"),
    )
    held = LegalHoldPlaced(originator_id=GUEST, originator_version=2, grounds="Litige")
    erased = held.model_copy(update={"grounds": None})
    assert sealed_fields(map(recorded, [told, held, erased, BEGUN])) == {GUEST: 2}
