"""A listed address leaves its pool if others are left, and a standby one takes over."""

from uuid import UUID, uuid4

from control_plane.ip_pools.life import IpStatus
from control_plane.ip_pools.stand_in import Member, plan


def member(
    status: IpStatus = "active", *, standby: bool = False, ready: bool = True, listed: bool = False, at: int = 0
) -> Member:
    known = UUID(int=at) if at else uuid4()
    return Member(id=known, status=status, standby=standby, node_is_ready=ready, listed=listed)


BAD = member(at=1, listed=True)


def test_a_standby_address_takes_over() -> None:
    spare = member(standby=True)
    found = plan([BAD, member(), spare], BAD.id)
    assert (found.quarantine, found.stand_in) == (True, spare.id)


def test_other_active_addresses_go_on_alone() -> None:
    found = plan([BAD, member()], BAD.id)
    assert (found.quarantine, found.stand_in) == (True, None)


def test_the_last_address_goes_on_sending() -> None:
    unable = [
        member("warming"),  # it cannot take what a warm one sent
        member("draining"),
        member("quarantined"),
        member(standby=True, ready=False),
        member(ready=False),
        member(listed=True),
        member("provisioning", standby=True),
    ]
    found = plan([BAD, *unable], BAD.id)
    assert not found.quarantine
    assert "last address" in found.why


def test_what_sends_nothing_is_left_alone() -> None:
    silent: tuple[IpStatus, ...] = ("provisioning", "quarantined", "released")
    for status in silent:
        bad = member(status, at=1)
        assert not plan([bad, member()], bad.id).quarantine


def test_what_drains_or_stands_by_is_missed_by_nobody() -> None:
    for bad in (member("draining", at=1), member(standby=True, at=1)):
        assert plan([bad], bad.id).quarantine
