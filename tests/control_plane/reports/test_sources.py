"""Who sent what is in a report."""

import pytest

from control_plane.reports.reading import DmarcRecord
from control_plane.reports.schemas import Kind
from control_plane.reports.sources import OurMarks, is_about, kind_of, own_records

MARKS = OurMarks(domain="acme.test", addresses={"10.77.1.10"}, selectors={"fp1r", "fp1e"})


def of(ip: str = "192.0.2.1", *, dkim: str = "", aligned: str = "", spf: str = "", reason: str = "") -> DmarcRecord:
    domain, _, selector = dkim.partition("/")
    return DmarcRecord(
        source_ip=ip,
        messages=1,
        disposition="none",
        dkim_aligned="dkim" in aligned,
        spf_aligned="spf" in aligned,
        header_from="acme.test",
        dkim=((domain, selector),) if domain else (),
        spf=spf,
        reasons=(reason,) if reason else (),
    )


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (of("10.77.1.10", dkim="acme.test/fp1r", aligned="dkim spf"), "ours"),
        (of("10.77.1.10"), "ours"),  # even if it fails: then something of ours is broken
        (of(dkim="acme.test/fp1r", aligned="dkim spf"), "ours"),  # an address of ours that is not ours any more
        (of(dkim="acme.test/fp1r", aligned="dkim"), "forwarded"),
        (of(dkim="acme.test/fp1r", aligned="dkim", spf="list.test"), "forwarded"),
        (of(dkim="acme.test/k1", aligned="dkim"), "service"),
        (of(dkim="mailer.test/fp1r"), "foreign"),  # our selector's name is nothing that others could not use
        (of(aligned="spf", spf="acme.test"), "service"),
        (of(reason="mailing_list"), "forwarded"),
        (of(reason="forwarded"), "forwarded"),
        (of(reason="local_policy"), "foreign"),
        (of(dkim="mailer.test/k1", spf="mailer.test"), "foreign"),
        (of(), "foreign"),
    ],
)
def test_who_sent_it_follows_from_address_and_signature(record: DmarcRecord, kind: Kind) -> None:
    assert kind_of(record, MARKS) == kind


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [("acme.test", True), ("news.acme.test", True), ("notacme.test", False), ("test", False), ("", False)],
)
def test_a_name_is_about_the_domain_if_it_is_it_or_below_it(name: str, is_ours: bool) -> None:
    assert is_about(name, "acme.test") is is_ours


def test_a_record_that_names_nobody_is_about_the_domain_of_the_report() -> None:
    nameless = DmarcRecord(
        source_ip="192.0.2.1", messages=1, disposition="none", dkim_aligned=True, spf_aligned=True, header_from=""
    )
    assert own_records([nameless], "acme.test") == [nameless]
