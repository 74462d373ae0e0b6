"""What tests of the runner and of rebuilding share."""

import pytest

from adapters.postgres.feed import LogFeed
from adapters.postgres.log import EventLog
from projections import runner
from tests.projections.names import Names


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.005)


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def feed(log: EventLog) -> LogFeed:
    return LogFeed(log)
