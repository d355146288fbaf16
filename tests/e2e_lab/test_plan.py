"""Names and addresses of the lab."""

from pathlib import Path

import pytest

from e2e.lab.plan import namespace_prefix, plan_hosts, plan_nodes


def test_no_two_hosts_share_an_address() -> None:
    addresses = [address for host in plan_hosts(plan_nodes(8)) for address in host.addresses]
    assert len(addresses) == len(set(addresses))


def test_only_the_first_node_receives_mail() -> None:
    assert [node.name for node in plan_nodes(3) if "mx" in node.roles] == ["n1"]


@pytest.mark.parametrize("count", [0, 9])
def test_more_nodes_than_the_network_has_room_for_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="room for 1 to 8"):
        plan_nodes(count)


def test_two_state_directories_never_share_a_namespace(tmp_path: Path) -> None:
    assert namespace_prefix(tmp_path / "a") != namespace_prefix(tmp_path / "b")
    assert namespace_prefix(tmp_path / "a") == namespace_prefix(tmp_path / "b" / ".." / "a")
