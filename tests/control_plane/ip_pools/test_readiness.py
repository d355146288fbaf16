"""What an address needs before it sends."""

import pytest

from control_plane.ip_pools.readiness import Answer, Seen, is_fit, judge, record_type, reverse_name

HOST = "out-1.fleet.test"
GOOD = Seen(reverse=Answer((HOST,)), forward=Answer(("192.0.2.7",)), bound=True)


def statuses(address: str = "192.0.2.7", **seen: object) -> dict[str, str]:
    fields = {"reverse": GOOD.reverse, "forward": GOOD.forward, "bound": GOOD.bound} | seen
    return {finding.what: finding.status for finding in judge(address, HOST, Seen(**fields))}  # type: ignore[arg-type]


def test_an_address_whose_names_agree_and_that_its_node_has_is_fit() -> None:
    assert is_fit(judge("192.0.2.7", HOST, GOOD))


def test_one_that_was_never_looked_at_is_not_fit() -> None:
    assert not is_fit(())


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(), "missing"),
        (Answer(("host7.isp.test",)), "wrong"),
        (Answer((HOST, "other.test")), "wrong"),  # receivers may follow either of two names
        (Answer(("OUT-1.Fleet.Test",)), "ok"),
        (Answer(problem="SERVFAIL"), "unknown"),
    ],
)
def test_the_ptr_record_names_the_host_and_nothing_else(answer: Answer, status: str) -> None:
    assert statuses(reverse=answer)["ptr"] == status


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(), "missing"),
        (Answer(("192.0.2.8",)), "wrong"),
        (Answer(("192.0.2.8", "192.0.2.7")), "ok"),
        (Answer(("junk",)), "wrong"),
        (Answer(problem="no answer in time"), "unknown"),
    ],
)
def test_the_hosts_name_leads_back_to_the_address(answer: Answer, status: str) -> None:
    assert statuses(forward=answer)["forward"] == status


def test_an_ipv6_address_is_the_same_however_it_is_written() -> None:
    found = statuses("2001:db8::7", forward=Answer(("2001:0db8:0:0::7",)))
    assert found["forward"] == "ok"
    assert record_type("2001:db8::7") == "AAAA"
    assert reverse_name("2001:db8::7").endswith(".8.b.d.0.1.0.0.2.ip6.arpa")


@pytest.mark.parametrize(("bound", "status"), [(True, "ok"), (False, "missing"), (None, "unknown")])
def test_the_node_must_say_that_it_has_the_address(bound: bool | None, status: str) -> None:
    assert statuses(bound=bound)["bound"] == status
