"""Which records a domain needs, ready to be published."""

import msgspec
import pytest

from control_plane.mail_domains.checkup import is_publishable, required
from control_plane.mail_domains.checkup.needs import ca_identities
from tests.control_plane.mail_domains.checkup.world import DELEGATED, ED_KEY, NEEDS, PLATFORM, RSA_KEY


def test_the_records_are_ready_to_be_published() -> None:
    assert [(each.type, each.host, each.value) for each in required(NEEDS) if each.importance == "required"] == [
        ("TXT", "_fleetpost.acme.test", "fleetpost-verification=tok"),
        ("TXT", "fp1r._domainkey.acme.test", f"v=DKIM1; k=rsa; p={RSA_KEY}"),
        ("TXT", "fp1e._domainkey.acme.test", f"v=DKIM1; k=ed25519; p={ED_KEY}"),
        ("TXT", "acme.test", "v=spf1 include:spf.fleetpost.test -all"),
        ("MX", "bounce.acme.test", "10 mx.fleetpost.test"),
        ("TXT", "bounce.acme.test", "v=spf1 include:spf.fleetpost.test -all"),
        ("TXT", "_dmarc.acme.test", "v=DMARC1; p=none; rua=mailto:r1@reports.fleetpost.test"),
    ]


def test_the_rest_makes_things_better() -> None:
    others = [each for each in required(DELEGATED) if each.importance != "required" and is_publishable(each)]
    assert [(each.type, each.host, each.value) for each in others] == [
        ("CNAME", "fp2r._domainkey.acme.test", "fp2r.06abc.dkim.dns.fleetpost.test"),
        ("CNAME", "fp2e._domainkey.acme.test", "fp2e.06abc.dkim.dns.fleetpost.test"),
        ("MX", "acme.test", "10 mx.fleetpost.test"),
        ("CNAME", "mta-sts.acme.test", "sites.fleetpost.test"),
        ("TXT", "_mta-sts.acme.test", "v=STSv1; id=1"),
        ("TXT", "_smtp._tls.acme.test", "v=TLSRPTv1; rua=mailto:r1@reports.fleetpost.test"),
        ("CNAME", "mail.acme.test", "imap.fleetpost.test"),
        ("CNAME", "autoconfig.acme.test", "sites.fleetpost.test"),
        ("CNAME", "autodiscover.acme.test", "sites.fleetpost.test"),
        ("SRV", "_imaps._tcp.acme.test", "0 1 993 imap.fleetpost.test"),
        ("SRV", "_submissions._tcp.acme.test", "0 1 465 imap.fleetpost.test"),
        ("CNAME", "_acme-challenge.acme.test", "06abc.acme.dns.fleetpost.test"),
        ("CAA", "acme.test", '0 issue "letsencrypt.org"'),
    ]


def test_what_is_only_looked_at_is_not_to_be_published() -> None:
    assert {each.purpose for each in required(NEEDS) if not is_publishable(each)} == {"bimi", "dnssec", "ptr", "tlsa"}


def test_without_a_zone_of_ours_keys_are_published_as_they_are() -> None:
    alone = msgspec.structs.replace(PLATFORM, zone="", reports_domain="", site_host="", ca_identities=())
    found = {each.host: each for each in required(msgspec.structs.replace(DELEGATED, platform=alone))}
    assert found["fp1r._domainkey.acme.test"].type == "TXT"
    assert found["_dmarc.acme.test"].value == "v=DMARC1; p=none"
    assert not {each.purpose for each in found.values()} & {"acme", "tls_rpt", "mta_sts", "autoconfig", "caa"}


@pytest.mark.parametrize(
    ("directories", "identities"),
    [
        (["letsencrypt"], ("letsencrypt.org",)),
        (["letsencrypt", "zerossl"], ("letsencrypt.org", "sectigo.com")),
        (["https://acme-v02.api.letsencrypt.org/directory", "letsencrypt-staging"], ("letsencrypt.org",)),
        (["https://ca.inside.test/directory", "letsencrypt"], ()),  # what the first is called is not known
        ([], ()),
    ],
)
def test_authorities_are_called_as_in_caa_records(directories: list[str], identities: tuple[str, ...]) -> None:
    assert ca_identities(directories) == identities
