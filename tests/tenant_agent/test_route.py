"""Which way out a delivery takes."""

from tenant_agent import wire
from tenant_agent.route import decide


def ip(address: str, pool_id: str) -> wire.SendingIp:
    return wire.SendingIp(ip_id="ip", address=address, hostname="h", pool_id=pool_id)


NODE = wire.NodeItem(
    name="n1",
    hostname="n1.test",
    service_address="10.77.1.10",
    roles=("outbound",),
    ips=(ip("10.77.1.11", "pool_t"), ip("10.77.1.12", "pool_b"), ip("10.77.1.13", "pool_b")),
)


def test_a_delivery_leaves_by_its_pools_address() -> None:
    decision = decide(NODE, 17, "pool_t", "token")
    assert decision is not None
    assert (decision.transport, decision.source_ip) == ("out-10-77-1-11", "10.77.1.11")
    assert decision.route == wire.Route(pool_id="pool_t", generation=17)


def test_a_pools_addresses_share_its_deliveries() -> None:
    ways = [decide(NODE, 17, "pool_b", f"token{number}") for number in range(1000)]
    counts = [sum(1 for way in ways if way and way.source_ip == address) for address in ("10.77.1.12", "10.77.1.13")]
    assert sum(counts) == 1000
    assert min(counts) > 400


def test_the_same_delivery_is_always_decided_alike() -> None:
    assert decide(NODE, 17, "pool_b", "token") == decide(NODE, 17, "pool_b", "token")


def test_without_an_address_in_the_pool_there_is_no_way() -> None:
    assert decide(NODE, 17, "pool_x", "token") is None
