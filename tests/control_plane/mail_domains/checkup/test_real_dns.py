"""The whole look at domains whose DNS is real: signed, with broken signatures, with aliases that lead in circles."""

from collections.abc import Iterator
from ipaddress import ip_network

import msgspec
import pytest

from control_plane.mail_domains.checkup import Needs, Observer, Platform, judge, observe, required, standing
from control_plane.mail_domains.checkup.authorities import DirectAuthorities
from control_plane.mail_domains.resolver import DnsResolver
from control_plane.mail_domains.schemas import DnsRecord
from tests.control_plane.mail_domains.checkup.real_dns import RealDns, serving, zone_lines
from tests.control_plane.mail_domains.checkup.world import DELEGATED, ED_KEY, PLATFORM, RSA_KEY

OURS = "\n".join([
    'spf TXT "v=spf1 ip4:203.0.113.0/28 ip6:2001:db8::/64 -all"',
    f'fp1r.06abc.dkim.dns TXT "v=DKIM1; k=rsa; p={RSA_KEY}"',
    f'fp1e.06abc.dkim.dns TXT "v=DKIM1; k=ed25519; p={ED_KEY}"',
    '*._report._dmarc.reports TXT "v=DMARC1"',
    "mx A 203.0.113.25",
    "imap A 203.0.113.81",
    "sites A 203.0.113.80",
    "out1 A 203.0.113.9",
    "",
])  # fmt: skip
PLATFORM_WITHOUT_ADDRESSES: Platform = msgspec.structs.replace(PLATFORM, sending=())


def needs(name: str) -> Needs:
    return msgspec.structs.replace(DELEGATED, name=name, platform=PLATFORM_WITHOUT_ADDRESSES)


LOOPS = [
    "_fleetpost.loops.test. CNAME a.loops.test.",
    "a.loops.test. CNAME b.loops.test.",
    "b.loops.test. CNAME a.loops.test.",
    "loops.test. TXT " + " ".join(f'"{"x" * 250}"' for _ in range(12)),
    'loops.test. TXT "\\000\\255<script>"',
]


@pytest.fixture(scope="module")
def real_dns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealDns]:
    zones = {
        "fleetpost.test": OURS,
        "signed.test": zone_lines(required(needs("signed.test"))),
        "bogus.test": zone_lines(required(needs("bogus.test"))),
        "loops.test": "\n".join([*LOOPS, ""]),
    }
    with serving(tmp_path_factory.mktemp("dns"), zones, signed="signed.test", bogus="bogus.test") as found:
        yield found


async def look(real_dns: RealDns, name: str) -> dict[str, DnsRecord]:
    """Look at a domain; gives the first record of each purpose."""
    authorities = DirectAuthorities([ip_network("127.0.0.0/8")], port=real_dns.authority_port)
    observer = Observer(DnsResolver([real_dns.resolver]), authorities=authorities)
    records = required(needs(name))
    judged = judge(records, await observe(observer, needs(name), records))
    return {record.purpose: record for record in reversed(judged)}


async def test_a_domain_with_all_its_records_is_sound_and_its_signatures_hold(real_dns: RealDns) -> None:
    found = await look(real_dns, "signed.test")
    assert standing(found.values()) == "sound"
    flawed = {purpose: record.explanation for purpose, record in found.items() if record.status != "ok"}
    assert set(flawed) == {"bimi", "tlsa"}
    assert "signatures hold" in found["dnssec"].explanation


async def test_broken_signatures_make_everything_unknown_and_are_named(real_dns: RealDns) -> None:
    found = await look(real_dns, "bogus.test")
    assert standing(found.values()) == "unknown"
    assert found["ownership"].status == "unknown"
    assert (found["dnssec"].status, "signatures do not hold" in found["dnssec"].explanation) == ("wrong", True)


async def test_hostile_texts_and_circles_do_no_harm(real_dns: RealDns) -> None:
    found = await look(real_dns, "loops.test")
    assert (found["ownership"].status, "in a circle" in found["ownership"].explanation) == ("wrong", True)
    assert found["spf"].status == "missing"
    assert found["dkim"].status == "missing"
