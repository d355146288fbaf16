from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.ids import TenantId
from control_plane.inbound_routes.links import Links, Target
from control_plane.settings import Settings

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def links(settings: Settings, clock: FixedClock) -> Links:
    return Links(settings, clock)


@pytest.mark.parametrize("number", [None, 0, 999])
def test_a_link_leads_to_what_it_was_made_for(links: Links, number: int | None) -> None:
    target = Target(TenantId(ids.new_uuid()), ids.new_uuid(), number)
    link = links.make(target, HOUR)
    assert link.startswith("http://fleetpost.test/inbound-files/")
    assert links.read(link.rpartition("/")[2]) == target


def test_a_link_ends(links: Links, clock: FixedClock) -> None:
    token = links.make(Target(TenantId(ids.new_uuid()), ids.new_uuid(), None), HOUR).rpartition("/")[2]
    clock.move(HOUR)
    assert links.read(token) is None


def test_a_link_that_was_altered_leads_nowhere(links: Links, settings: Settings, clock: FixedClock) -> None:
    token = links.make(Target(TenantId(ids.new_uuid()), ids.new_uuid(), 0), HOUR).rpartition("/")[2]
    for place in range(len(token)):
        other = "0" if token[place] != "0" else "1"
        assert links.read(token[:place] + other + token[place + 1 :]) is None
    assert links.read("") is links.read(token + "\n") is links.read("\0") is None
    another = Links(msgspec.structs.replace(settings, session_secret="ab" * 32), clock)
    assert another.read(token) is None
