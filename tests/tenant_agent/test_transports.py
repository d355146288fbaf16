"""Transports' names, and which of them a node has."""

import pytest

from tenant_agent import wire
from tenant_agent.transports import MOST, PLAIN, class_of, defined_in, planned, source_address, transport_of


def ips(count: int) -> tuple[wire.SendingIp, ...]:
    return tuple(
        wire.SendingIp(ip_id=f"ip_{n}", address=f"10.77.{n // 200}.{n % 200 + 1}", hostname="h", pool_id="pool_t")
        for n in range(count)
    )


def shaping(*names: str) -> wire.ShapingItem:
    return wire.ShapingItem(release="r", classes=tuple(wire.ProviderClass(name=name) for name in names))


ADDRESSES = ["10.77.1.11", "2001:db8::1", "2001:db8::", "2001:db8:1:2:3:4:5:6", "2001:db8:0:1::"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("provider", ["generic", "google", "yahoo-jp", "163", "abc"])
def test_a_transports_name_tells_its_address_and_its_class(address: str, provider: str) -> None:
    name = transport_of(address, provider)
    assert (source_address(name), class_of(name)) == (address, provider)


@pytest.mark.parametrize("service", ["lmtp", "smtp", "error", "out-of-order", "out-"])
def test_other_services_have_no_address(service: str) -> None:
    assert source_address(service) is None


def test_without_classes_there_is_one_transport_for_each_address() -> None:
    assert [each.name for each in planned(ips(2), PLAIN)] == ["out-10-77-0-1", "out-10-77-0-2"]


def test_each_address_has_one_for_each_class_and_generic_comes_by_itself() -> None:
    assert [each.name for each in planned(ips(1), shaping("google"))] == ["out-10-77-0-1", "out-10-77-0-1--google"]


def test_there_are_never_more_than_postfix_can_bear_and_the_last_classes_give_way() -> None:
    names = ["generic", *(f"c{n}" for n in range(20))]
    found = planned(ips(20), shaping(*names))
    assert len(found) == MOST
    assert {each.provider.name for each in found} == set(names[:15])


def test_what_a_postfix_has_is_read_from_its_own_file() -> None:
    text = "smtp unix - - n - - smtp\nout-10-77-1-11 unix - - n - 5 smtp\n  -o { a = out-1 unix }\nout-x unix - - n"
    assert defined_in(text) == {"out-10-77-1-11", "out-x"}
