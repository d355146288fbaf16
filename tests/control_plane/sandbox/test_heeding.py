"""What the simulator's own bounces put on a list holds nothing back; what people put there does."""

from collections.abc import Generator

import pytest

from control_plane.core.sandbox import SIMULATOR
from control_plane.sandbox.heeding import heeded


@pytest.fixture(autouse=True)
def _simulator() -> Generator[None]:
    before, SIMULATOR.domain = SIMULATOR.domain, "simulator.example"
    yield
    SIMULATOR.domain = before


@pytest.mark.parametrize("reason", ["hard_bounce", "soft_bounce", "complaint"])
def test_an_address_of_the_simulators_bounces_again_and_again(reason: str) -> None:
    assert heeded({"bounce@simulator.example": reason}, ["Bounce@simulator.example"]) == {}


@pytest.mark.parametrize("reason", ["manual", "unsubscribe"])
def test_what_somebody_put_on_the_list_holds(reason: str) -> None:
    found = {"delivered@simulator.example": reason}
    assert heeded(found, ["delivered@simulator.example"]) == found


def test_one_address_is_always_suppressed() -> None:
    assert heeded({}, ["suppressed+1@simulator.example"]) == {"suppressed+1@simulator.example": "hard_bounce"}


def test_nothing_changes_for_others() -> None:
    found = {"bob@else.test": "hard_bounce", "suppressed@else.test": "complaint"}
    assert heeded(found, ["bob@else.test", "bounce@simulator.example"]) == found
