"""Names in the zone, and whose they are."""

from uuid import UUID

import pytest

from control_plane.core.ids import bare
from control_plane.dns_zone.errors import NameRefused
from control_plane.dns_zone.names import Owner, owner_of, relative
from control_plane.dns_zone.rdata import is_held, to_rdataset, to_record
from control_plane.dns_zone.schemas import ZoneRecord

ZONE = "dns.fleetpost.test"
ID = UUID("019e3f3c-5b00-7000-8000-0123456789ab")  # any UUIDv7


@pytest.mark.parametrize(
    ("inner", "owner"),
    [
        (f"fp1r.{bare(ID)}.dkim", Owner(domain_id=ID)),
        (f"{bare(ID)}.acme", Owner(domain_id=ID)),
        (f"a.b.{bare(ID)}.acme", Owner(domain_id=ID)),
        ("acme.my", Owner(domain_name=f"acme.my.{ZONE}")),
        ("fp1r._domainkey.acme.my", Owner(domain_name=f"acme.my.{ZONE}")),
        ("my", Owner()),
        ("reports", Owner()),
        ("dkim.reports", Owner()),
    ],
)
def test_a_name_tells_whose_it_is(inner: str, owner: Owner) -> None:
    assert owner_of(inner, ZONE) == owner


@pytest.mark.parametrize("inner", ["fp1r.nobody.dkim", "dkim", "acme", f"{bare(ID).upper()}.acme"])
def test_a_name_of_nobody_is_refused(inner: str) -> None:
    with pytest.raises(NameRefused):
        owner_of(inner, ZONE)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("example.com", "another zone"),
        ("evil-dns.fleetpost.test", "the zone's name is only its end"),
        (ZONE, "the apex"),
        (f".{ZONE}", "an empty label"),
        (f"a..b.{ZONE}", "an empty label inside"),
        (f"a b.{ZONE}", "a space"),
        (f"a\n.{ZONE}", "a line break"),
        (f"a\\.b.{ZONE}", "an escape"),
        (f"A.{ZONE}", "upper case: every name has one form"),
        (f"{'x' * 64}.{ZONE}", "a label that is too long"),
        (f"{'x.' * 130}{ZONE}", "a name that is too long"),
        (f"www.{ZONE}.", "a last dot"),
    ],
)
def test_what_is_not_below_the_zone_is_refused(name: str, why: str) -> None:
    with pytest.raises(NameRefused):
        relative(name, ZONE)


@pytest.mark.parametrize(
    ("record_type", "value"),
    [
        ("TXT", 'quotes " and \\ and ; stay'),
        ("TXT", "x" * 600),
        ("TXT", ""),
        ("MX", "10 mx.example."),
        ("CNAME", "mx.example."),
        ("SRV", "0 1 993 mx.example."),
    ],
)
def test_records_survive_the_way_to_the_server_and_back(record_type: str, value: str) -> None:
    record = ZoneRecord(name=f"a.{ZONE}", type=record_type, values=(value,))
    assert to_record(record.name, to_rdataset(record)) == record


def test_a_target_without_a_last_dot_is_absolute() -> None:
    short, long = (ZoneRecord(name=f"a.{ZONE}", type="MX", values=(text,)) for text in ("10 mx.b", "10 mx.b."))
    assert is_held(short, long)


@pytest.mark.parametrize(
    ("record_type", "value"),
    [
        ("NS", "evil.example."),  # a delegation is nothing that anybody may ask for
        ("SOA", "a. b. 1 1 1 1 1"),
        ("MX", "mx.example."),
        ("A", "not an address"),
        ("TXT", "nul \0"),
        ("TXT", "x" * 5000),
        ("A", "1.2.3.4\nb A 5.6.7.8"),  # a second line
    ],
)
def test_what_is_no_record_is_refused(record_type: str, value: str) -> None:
    with pytest.raises(NameRefused):
        to_rdataset(ZoneRecord(name=f"a.{ZONE}", type=record_type, values=(value,)))
