"""A year of a hotel, driven by the clock: every invitation is where the rules, told once more, say it must be."""

import pytest

from tests.adapters.invitations.house import House
from tests.simulation.facts import a_year
from tests.simulation.model import Model
from tests.simulation.service import Service

ASK_AGAIN_AFTER_DAYS = 30


@pytest.mark.parametrize("seed", range(2))
def test_a_year(house: House, seed: int) -> None:
    facts = a_year(seed)
    model, service = Model("Europe/Paris", ASK_AGAIN_AFTER_DAYS), Service(house)
    for fact in facts:
        model.tell(fact)
        service.tell(fact)
        assert service.standings() == model.standings(), fact
    states = {standing.state for standing in model.standings().values()}
    assert len(states) > 8
