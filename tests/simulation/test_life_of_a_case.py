"""Cases live as the model says: 200 lives here, the same each time; `make simulate` lives 20,000 others."""

from __future__ import annotations

from tests.simulation.lives import live, unseen

LIVES = 200


def test_the_lives_of_cases_are_those_of_the_model() -> None:
    assert unseen(live(0, LIVES), least=1) == {}
