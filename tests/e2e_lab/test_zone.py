"""The lab's DNS data."""

import pytest

from e2e.lab.plan import plan_nodes
from e2e.lab.zone import Record, lab_records, merge, render, render_platform_zone, without


def test_new_records_replace_the_whole_set_of_their_name_and_type() -> None:
    old = [Record("a.test", "TXT", "one"), Record("a.test", "TXT", "two"), Record("a.test", "A", "10.0.0.1")]
    merged = merge(old, [Record("A.test.", "TXT", "three")])
    assert [(record.type, record.value) for record in merged] == [("A", "10.0.0.1"), ("TXT", "three")]


def test_withdrawn_names_are_gone_with_all_their_types() -> None:
    old = [Record("a.test", "TXT", "one"), Record("a.test", "A", "10.0.0.1"), Record("b.test", "A", "10.0.0.2")]
    assert [record.host for record in without(old, ["A.TEST"])] == ["b.test"]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (Record("a.test", "MX", "10 mx.a.test"), "a.test. MX 10 mx.a.test."),  # targets are absolute
        (Record("a.test.", "CNAME", "b.test."), "a.test. CNAME b.test."),
        (Record("a.test", "TXT", 'say "hi" \\'), 'a.test. TXT "say \\034hi\\034 \\092"'),
        (Record("a.test", "TXT", "é"), 'a.test. TXT "\\195\\169"'),
        (Record("a.test", "TXT", "x" * 256), f'a.test. TXT "{"x" * 255}" "x"'),  # a string holds 255 octets
        (Record("a.test", "TXT", ""), 'a.test. TXT ""'),
    ],
)
def test_records_are_written_as_master_files_want_them(record: Record, line: str) -> None:
    assert render([record], serial=1).splitlines()[-1] == line


def test_every_sending_address_has_a_name_that_leads_back_to_it() -> None:
    nodes = plan_nodes(2)
    records = {(record.name, record.type): record.value for record in lab_records(nodes)}
    for ip in (ip for node in nodes for ip in node.ips):
        assert records[f"{ip.hostname}.", "A"] == ip.address
        reverse = ".".join(reversed(ip.address.split("."))) + ".in-addr.arpa."
        assert records[reverse, "PTR"] == ip.hostname


def test_the_platforms_own_zone_is_delegated() -> None:
    assert Record("dns.fleetpost.test", "NS", "ns.fleetpost.test") in lab_records(plan_nodes(1))
    assert "dns.fleetpost.test. NS ns.fleetpost.test." in render_platform_zone().splitlines()
