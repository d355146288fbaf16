"""Whatever is killed, whenever: each mail arrives once, and each of its events is told once."""

import os

import pytest

from e2e.lab import chaos
from e2e.lab.lab import Lab

MESSAGES = int(os.environ.get("FLEETPOST_E2E_CHAOS", "20000"))
SEED = 5
SECONDS = 900.0


@pytest.mark.timeout(2 * SECONDS)
def test_mail_survives_the_death_of_anything_at_any_moment(lab: Lab) -> None:
    toll = chaos.run(lab, messages=MESSAGES, seed=SEED, seconds=SECONDS)
    print(toll)
    assert (toll.lost, toll.duplicated, toll.events_missing) == (0, 0, 0), toll
    assert len(toll.kills) == 8, f"not everything was killed: {toll.kills}"
