"""Files that others read: name servers, Cloudflare, Terraform."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import dns.rdatatype
import dns.zone
import hcl2
import pytest
from dns.rdtypes.ANY.TXT import TXT

from control_plane.dns_publishing.exports import FORMATS, Format, export
from control_plane.dns_publishing.published import PURPOSES, NotPublishable, entries, quoted, strings_of
from control_plane.dns_publishing.record_sets import plain_text
from tests.control_plane.dns_publishing.samples import NAME, RECORDS, domain, record

HOSTILE = 'x" "y\\ ${file("/etc/passwd")} %{ if true } \n\tIN A 10.0.0.1 ; é'
SOA = f"{NAME}. 3600 IN SOA ns.test. admin.test. 1 2 3 4 5\n{NAME}. 3600 IN NS ns.test.\n"


def read(text: str) -> dns.zone.Zone:
    return dns.zone.from_text(SOA + text, origin=NAME, relativize=False)


def text_of(zone: dns.zone.Zone, name: str) -> str:
    """Read the one TXT value at a name."""
    found = zone.get_rdataset(name, "TXT")
    assert found is not None
    [rdata] = found
    assert isinstance(rdata, TXT)
    return b"".join(rdata.strings).decode()


@pytest.mark.parametrize("wanted", ["bind", "cloudflare"])
def test_a_name_server_reads_from_a_zone_file_what_was_meant(wanted: Format) -> None:
    zone = read(export(domain(RECORDS), wanted).text)
    found = {
        (name.to_text(omit_final_dot=True), dns.rdatatype.to_text(data.rdtype))
        for name, _, data in zone.iterate_rdatas()
        if data.rdtype not in (dns.rdatatype.SOA, dns.rdatatype.NS)
    }
    assert found == {(each.host, each.type) for each in RECORDS if each.purpose in PURPOSES}
    assert text_of(zone, f"fp1r._domainkey.{NAME}.") == RECORDS[1].value


def test_whatever_a_value_holds_it_stays_one_value() -> None:
    zone = read(export(domain([record("spf", "TXT", "", HOSTILE)]), "bind").text)
    assert text_of(zone, f"{NAME}.") == HOSTILE
    assert zone.get_rdataset(f"{NAME}.", "A") is None


@pytest.mark.parametrize("host", ["a b", "a\n", 'a"', "a;", "", "-a", "x" * 64, "ä", "$ORIGIN"])
def test_a_name_that_is_none_is_not_written(host: str) -> None:
    with pytest.raises(NotPublishable):
        entries([record("autoconfig", "CNAME", "a", host)])


@pytest.mark.parametrize("value", ["mx.fleet.test", "10", "x mx.fleet.test", "10 mx.fleet.test more", "10  mx.test"])
def test_a_value_that_is_none_is_not_written(value: str) -> None:
    with pytest.raises(NotPublishable):
        entries([record("receiving", "MX", "", value)])


@pytest.mark.parametrize("text", ["", "plain", HOSTILE, "ü" * 300, "a" * 255, "a" * 256, "\\000", '"'])
def test_texts_are_cut_into_strings_and_put_together_again(text: str) -> None:
    strings = strings_of(text)
    assert all(len(string) <= 255 for string in strings)
    assert plain_text(" ".join(map(quoted, strings))) == text


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed here")
@pytest.mark.parametrize("wanted", ["terraform-cloudflare", "terraform-route53"])
@pytest.mark.parametrize("value", ["v=spf1 -all", HOSTILE])
def test_terraform_finds_nothing_to_lay_out_anew(wanted: Format, value: str) -> None:
    text = export(domain([*RECORDS, record("spf", "TXT", "more", value)]), wanted).text
    done = subprocess.run(["terraform", "fmt", "-"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == text


@pytest.mark.parametrize("wanted", ["terraform-cloudflare", "terraform-route53"])
@pytest.mark.parametrize("value", ["v=spf1 -all", HOSTILE])
def test_a_reader_of_hcl_finds_each_value_as_it_was_meant(wanted: Format, value: str) -> None:
    read = hcl2.loads(export(domain([*RECORDS, record("spf", "TXT", "more", value)]), wanted).text)
    assert read["variable"]
    [found] = [body for body in _bodies(read["resource"]) if json.loads(body["name"]) == f"more.{NAME}"]
    written = found["content"] if "content" in found else found["records"][0]
    text = json.loads(written.replace("$${", "${").replace("%%{", "%{"))
    assert plain_text(text if text.startswith('"') else f'"{text}"') == value  # Route 53's provider adds these itself


def _bodies(resources: list[dict[str, dict[str, dict[str, Any]]]]) -> Iterator[dict[str, Any]]:
    for resource in resources:
        for labelled in resource.values():
            yield from labelled.values()


def test_nothing_in_terraform_is_a_template() -> None:
    for wanted in ("terraform-cloudflare", "terraform-route53"):
        text = export(domain([record("spf", "TXT", "", HOSTILE)]), wanted).text
        assert "$${file" in text
        assert "%%{ if" in text


def test_each_terraform_resource_has_a_name_of_its_own() -> None:
    text = export(domain([*RECORDS, RECORDS[0]]), "terraform-cloudflare").text
    labels = [line.split('"')[3] for line in text.splitlines() if line.startswith("resource")]
    assert len(labels) == len(set(labels)) > 10


@pytest.mark.parametrize("wanted", FORMATS)
def test_what_is_not_the_customers_to_publish_is_left_out(wanted: Format) -> None:
    text = export(domain(RECORDS), wanted).text
    assert "PTR" not in text
    assert "out.fleet.test" not in text
