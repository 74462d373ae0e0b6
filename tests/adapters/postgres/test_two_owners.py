"""Events that concern two guests: each field is one guest's, and is forgotten with that guest alone."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from uuid_utils.compat import uuid7

from adapters.postgres.log import EventLog
from adapters.postgres.mapper import SealingMapper
from adapters.postgres.recorder import Forgotten, Writes
from domain.event import Event
from domain.guest_events import GuestDeleted
from domain.personal import Owner, Personal
from tests.adapters.postgres.events import metadata, registered
from tests.adapters.postgres.test_hash_chain import broken


class GuestsTravelTogether(Event):
    """For tests alone: two guests are a couple."""

    other_guest_id: UUID
    nickname: Personal[str]
    nickname_of_other: Annotated[str | None, Owner("other_guest_id")]


ZOE, LEO = "Zouzou", "Loulou"


@pytest.fixture
def zoe(log: EventLog) -> UUID:
    return known(log)


@pytest.fixture
def leo(log: EventLog) -> UUID:
    return known(log)


def known(log: EventLog) -> UUID:
    guest = uuid7()
    log.save(registered(guest), metadata=metadata())
    return guest


def couple(zoe: UUID, leo: UUID, version: int = 2, of_leo: str | None = LEO) -> GuestsTravelTogether:
    return GuestsTravelTogether(
        originator_id=zoe, originator_version=version, other_guest_id=leo, nickname=ZOE, nickname_of_other=of_leo
    )


def forget(log: EventLog, guest: UUID) -> None:
    version = len(log.stream(guest)) + 1
    gone = GuestDeleted(originator_id=guest, originator_version=version)
    log.save(gone, metadata=metadata(), writes=Writes(forget=[guest]))


def nicknames(log: EventLog, stream: UUID) -> tuple[str | None, str | None]:
    [told] = [each.event for each in log.stream(stream) if isinstance(each.event, GuestsTravelTogether)]
    return told.nickname, told.nickname_of_other


def test_both_fields_open_with_the_key_of_their_own_guest(log: EventLog, zoe: UUID, leo: UUID) -> None:
    log.save(couple(zoe, leo), metadata=metadata())
    assert nicknames(log, zoe) == (ZOE, LEO)
    assert log.streams([zoe, leo])[zoe] == log.stream(zoe)
    [row] = log.recorder.select_events(zoe, gt=1)
    assert log.mapper.to_domain_event(row) == couple(zoe, leo)


def test_forgetting_one_leaves_what_is_the_others(log: EventLog, zoe: UUID, leo: UUID, database: str) -> None:
    log.save(couple(zoe, leo), metadata=metadata())
    forget(log, leo)
    assert nicknames(log, zoe) == (ZOE, None)
    forget(log, zoe)
    assert nicknames(log, zoe) == (None, None)
    with psycopg.connect(database, row_factory=dict_row) as connection:
        for guest in (zoe, leo):
            rows = connection.execute("SELECT * FROM log.events WHERE stream = %s ORDER BY version", [guest]).fetchall()
            assert broken(rows) == []


def test_so_it_is_when_the_streams_own_guest_is_the_one_forgotten(log: EventLog, zoe: UUID, leo: UUID) -> None:
    log.save(couple(zoe, leo), metadata=metadata())
    forget(log, zoe)
    assert nicknames(log, zoe) == (None, LEO)


def test_nothing_of_a_forgotten_guest_is_written_in_anothers_stream(log: EventLog, zoe: UUID, leo: UUID) -> None:
    forget(log, leo)
    with pytest.raises(Forgotten):
        log.save(couple(zoe, leo), metadata=metadata())
    assert len(log.stream(zoe)) == 1
    log.save(couple(zoe, leo, of_leo=None), metadata=metadata())
    assert nicknames(log, zoe) == (ZOE, None)


def test_a_page_asks_for_the_other_keys_once_and_only_where_there_are_others(
    log: EventLog, zoe: UUID, leo: UUID
) -> None:
    asked: list[set[UUID]] = []

    def noted(subjects: Sequence[UUID]) -> dict[UUID, bytes | None]:
        asked.append(set(subjects))
        return log.recorder.wrapped_keys(subjects)

    third = known(log)
    log.save(couple(zoe, leo), couple(zoe, third, 3), couple(zoe, leo, 4, None), metadata=metadata())
    mapper = SealingMapper(log.mapper.master, noted)

    assert len(mapper.to_recorded(log.recorder.select_streams([leo, third]))) == 2
    assert asked == []
    assert mapper.to_recorded(log.recorder.select_events(zoe)) == log.stream(zoe)
    assert asked == [{leo, third}]
