"""The agent says which of its addresses the host has."""

from tenant_agent import wire
from tenant_agent.bound import BoundAddresses, host_has

BEAT = wire.Heartbeat(at_ms=1, generation=1)


def node_with(*addresses: str) -> wire.NodeItem:
    ips = tuple(
        wire.SendingIp(ip_id=f"ip_{n}", address=address, hostname="out.test", pool_id="pool_1")
        for n, address in enumerate(addresses)
    )
    return wire.NodeItem(name="n", hostname="n.test", service_address="127.0.0.1", roles=("outbound",), ips=ips)


def test_a_host_has_its_own_addresses_and_no_others() -> None:
    assert host_has("127.0.0.1")
    assert not host_has("192.0.2.1")
    assert not host_has("2001:db8::1")


def test_nothing_is_said_before_the_node_knows_its_addresses() -> None:
    assert BoundAddresses().add(BEAT) == BEAT


def test_each_address_is_looked_at() -> None:
    bound = BoundAddresses(lambda address: address == "127.0.0.1")
    bound.learn(node_with("127.0.0.1", "192.0.2.1"))
    beat = bound.add(BEAT)
    assert beat.addresses == {"127.0.0.1": True, "192.0.2.1": False}
