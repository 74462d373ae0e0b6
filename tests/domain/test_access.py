"""Who may do what, and what opens with a key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.caller import Caller, VersionMismatch, require_version
from domain import access
from domain.access import (
    RIGHTS,
    ApiKey,
    ApiKeyChanged,
    ApiKeyIssued,
    ApiKeyRevoked,
    Forbidden,
    Right,
    Role,
    fold,
    hash_secret,
)
from domain.guest_events import GuestDeleted

ID, ORGANISATION, PORT, LAGO = (UUID(int=number) for number in range(1, 5))
NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
ISSUED = ApiKeyIssued(
    originator_id=ID,
    originator_version=1,
    organisation_id=ORGANISATION,
    name="Réception",
    role=Role.FRONT_DESK,
    properties=(PORT,),
    secret_hash=hash_secret("sesame"),
    expires_at=NOW + timedelta(days=1),
)
KEY = fold(ApiKey(ID), [ISSUED])


def caller(role: Role = Role.FRONT_DESK, *properties: UUID) -> Caller:
    return Caller(ORGANISATION, "key:1", role, frozenset(properties) if properties else None, UUID(int=9))


class TestKey:
    def test_it_opens_with_its_secret_until_it_ends(self) -> None:
        assert KEY.opens_with("sesame", NOW)
        assert not KEY.opens_with("Sesame", NOW)
        assert not KEY.opens_with("", NOW)
        assert not KEY.opens_with("sesame", NOW + timedelta(days=1))
        assert replace(KEY, expires_at=None).opens_with("sesame", NOW + timedelta(days=10_000))

    def test_one_that_was_never_issued_opens_with_nothing(self) -> None:
        assert not ApiKey(ID).opens_with("", NOW)
        assert not ApiKey(ID, secret_hash=hash_secret("sesame")).opens_with("sesame", NOW)

    def test_another_kind_of_stream_is_a_key_that_opens_nothing(self) -> None:
        assert not fold(KEY, [GuestDeleted(originator_id=ID, originator_version=2)]).opens_with("sesame", NOW)

    def test_it_gets_another_name_and_end(self) -> None:
        [event] = access.change(KEY, "Nuit", None)
        assert event == ApiKeyChanged(originator_id=ID, originator_version=2, name="Nuit", expires_at=None)
        changed = fold(KEY, [event])
        assert changed == replace(KEY, version=2, name="Nuit", expires_at=None)
        assert access.change(changed, "Nuit", None) == []

    def test_it_is_revoked_once_and_for_good(self) -> None:
        [event] = access.revoke(KEY)
        assert event == ApiKeyRevoked(originator_id=ID, originator_version=2)
        revoked = fold(KEY, [event])
        assert not revoked.opens_with("sesame", NOW)
        assert access.revoke(revoked) == []
        renamed = fold(revoked, access.change(revoked, "Nuit", None))
        assert not renamed.opens_with("sesame", NOW)


class TestRights:
    @pytest.mark.parametrize("role", list(Role))
    def test_a_role_has_its_rights_and_lacks_the_others(self, role: Role) -> None:
        for right in Right:
            if right in RIGHTS[role]:
                caller(role).require(right)
            else:
                with pytest.raises(Forbidden, match=f"{right}.*{role}") as refusal:
                    caller(role).require(right)
                assert refusal.value.members == {"missing_right": right}

    def test_every_role_is_written_down_and_only_the_administrator_manages_keys(self) -> None:
        assert RIGHTS.keys() == set(Role)
        assert [role for role in Role if Right.MANAGE_KEYS in RIGHTS[role]] == [Role.ADMIN]
        assert [role for role in Role if Right.WRITE_SETTINGS in RIGHTS[role]] == [Role.ADMIN]

    def test_an_analyst_writes_nothing_and_an_auditor_only_forgets(self) -> None:
        assert all(right.endswith(":read") for right in RIGHTS[Role.ANALYST])
        more = {right for right in RIGHTS[Role.AUDITOR] if not right.endswith(":read")}
        assert more == {Right.ANONYMISE_GUESTS, Right.EXPORT_GUESTS}

    def test_what_cannot_be_taken_back_is_not_for_the_front_desk_or_a_machine(self) -> None:
        for role in (Role.FRONT_DESK, Role.MACHINE, Role.ANALYST):
            assert Right.ANONYMISE_GUESTS not in RIGHTS[role]


class TestReach:
    def test_who_reaches_all_sees_all(self) -> None:
        assert caller().sees([PORT])
        assert caller().covers(None)
        caller().require_whole_organisation()

    def test_who_reaches_one_sees_what_is_there_or_nowhere(self) -> None:
        at_port = caller(Role.ADMIN, PORT)
        assert at_port.sees([PORT])
        assert at_port.sees([PORT, LAGO])
        assert at_port.sees([])
        assert not at_port.sees([LAGO])

    def test_what_reaches_further_is_not_covered(self) -> None:
        at_port = caller(Role.ADMIN, PORT)
        assert at_port.covers([PORT])
        assert not at_port.covers([PORT, LAGO])
        assert not at_port.covers(None)
        with pytest.raises(Forbidden):
            at_port.require_whole_organisation()


def test_a_version_that_was_seen_must_still_be_the_last() -> None:
    require_version(3, None)
    require_version(3, 3)
    with pytest.raises(VersionMismatch):
        require_version(4, 3)
