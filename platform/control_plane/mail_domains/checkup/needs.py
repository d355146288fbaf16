"""Which DNS records a domain needs, in the order in which one would publish them, and what else is looked at: pure."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Literal, TypeAlias

import msgspec

from control_plane.mail_domains.dkim import key_record
from control_plane.mail_domains.schemas import DnsRecord, Importance, Purpose, RecordType
from control_plane.settings import Settings

DkimMode: TypeAlias = Literal["cname", "txt"]

DKIM_SELECTORS = ("fp1r", "fp1e", "fp2r", "fp2e")
"""The names that keys are published under: two places for each algorithm, so that one can be replaced in peace."""
FINDINGS: frozenset[Purpose] = frozenset({"bimi", "dnssec", "ptr", "tlsa"})
"""What is looked at and told of, though there is no record that we could ask anybody to publish as it stands."""

_MX_PREFERENCE = 10
_IMAPS_PORT, _SUBMISSIONS_PORT = 993, 465
_CAA_OF = {
    "letsencrypt": "letsencrypt.org",
    "zerossl": "sectigo.com",
    "sectigo": "sectigo.com",
    "buypass": "buypass.com",
    "pki.goog": "pki.goog",
}
"""What CAA records call an authority, by a word in the name or the URL of its directory."""


class SendingAddress(msgspec.Struct, frozen=True):
    """An address that mail leaves from, and the name that its PTR record has to say."""

    address: str
    hostname: str


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """The names of ours that customers' records point to."""

    mail_host: str
    spf_include: str
    client_host: str = ""
    site_host: str = ""
    zone: str = ""
    reports_domain: str = ""
    ca_identities: tuple[str, ...] = ()
    """How the certificate authorities that we use are called in CAA records (RFC 8659 §4.2)."""
    sending: tuple[SendingAddress, ...] = ()


class PublicKey(msgspec.Struct, frozen=True):
    """A DKIM key as far as it is public."""

    selector: str
    algorithm: str
    public_key: str
    status: str = "active"


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a domain that its records follow from."""

    name: str
    id: str
    """The domain's id without its prefix: a label in our zone."""
    token: str
    platform: Platform
    keys: tuple[PublicKey, ...] = ()
    dkim_mode: DkimMode = "txt"
    report_token: str = ""
    is_ours: bool = False
    receives: bool = False
    """It has mailboxes, so that mail must arrive here."""
    mta_sts_id: str = "1"
    """Changes with the policy; empty: the domain has no policy of ours."""


def platform_of(settings: Settings, sending: tuple[SendingAddress, ...] = ()) -> Platform:
    """Gather the names of ours from the settings."""
    return Platform(
        mail_host=settings.mail_host,
        spf_include=settings.spf_include,
        client_host=settings.client_host,
        site_host=settings.site_host,
        zone=settings.zone.name,
        reports_domain=settings.reports_domain,
        ca_identities=ca_identities(settings.acme.directories),
        sending=sending,
    )


def ca_identities(directories: Iterable[str]) -> tuple[str, ...]:
    """Give what our certificate authorities are called in CAA records; nothing if that is not known of all of them."""
    found = [next((name for word, name in _CAA_OF.items() if word in each), None) for each in directories]
    known = dict.fromkeys(name for name in found if name is not None)
    return () if None in found else tuple(known)


def is_publishable(record: DnsRecord) -> bool:
    """Say whether the customer can publish the record as it stands."""
    return record.purpose not in FINDINGS


def return_domain(name: str) -> str:
    """Name the domain that bounces come back to."""
    return f"bounce.{name}"


def ownership_host(name: str) -> str:
    """Name where the proof of ownership stands."""
    return f"_fleetpost.{name}"


def ownership_value(token: str) -> str:
    """Write the proof of ownership."""
    return f"fleetpost-verification={token}"


def key_host(needs: Needs, selector: str) -> str:
    """Name where receivers look for a key (RFC 6376 §3.6.2.1)."""
    return f"{selector}._domainkey.{needs.name}"


def delegated_key_host(needs: Needs, selector: str) -> str:
    """Name where a delegated key stands in our zone."""
    return f"{selector}.{needs.id}.dkim.{needs.platform.zone}"


def live_keys(needs: Needs) -> list[PublicKey]:
    """List the keys whose records must be there: mail that they signed may still be under way."""
    return [key for key in needs.keys if key.status != "retired"]


def report_address(needs: Needs) -> str | None:
    """Give where others' reports on this domain are mailed to."""
    reports_domain = needs.platform.reports_domain
    return f"{needs.report_token}@{reports_domain}" if reports_domain and needs.report_token else None


def required(needs: Needs) -> list[DnsRecord]:
    """List the records: what is proven with, what is sent with, what is received with, then the rest."""
    return [
        *_sending(needs),
        *_receiving(needs),
        *_trust(needs),
        *_programs(needs),
        *_certificates(needs),
        *_ours(needs),
    ]


def _record(
    purpose: Purpose, record_type: RecordType, host: str, value: str, importance: Importance = "required"
) -> DnsRecord:
    return DnsRecord(type=record_type, host=host, value=value, purpose=purpose, importance=importance)


def _sending(needs: Needs) -> Iterator[DnsRecord]:
    name, platform = needs.name, needs.platform
    spf, bounces = f"v=spf1 include:{platform.spf_include} -all", return_domain(name)
    address = report_address(needs)
    reports = f"; rua=mailto:{address}" if address else ""
    yield _record("ownership", "TXT", ownership_host(name), ownership_value(needs.token))
    yield from _keys(needs)
    yield _record("spf", "TXT", name, spf)
    yield _record("return_path", "MX", bounces, f"{_MX_PREFERENCE} {platform.mail_host}")
    yield _record("return_path_spf", "TXT", bounces, spf)
    yield _record("dmarc", "TXT", f"_dmarc.{name}", f"v=DMARC1; p=none{reports}")


def _keys(needs: Needs) -> Iterator[DnsRecord]:
    """List the keys' records: delegated once and for all, or each key as it is."""
    if needs.dkim_mode == "cname" and needs.platform.zone:
        live = {key.selector for key in live_keys(needs)}
        for selector in DKIM_SELECTORS:
            importance: Importance = "required" if selector in live else "recommended"
            target = delegated_key_host(needs, selector)
            yield _record("dkim", "CNAME", key_host(needs, selector), target, importance)
        return
    for key in live_keys(needs):
        yield _record("dkim", "TXT", key_host(needs, key.selector), key_record(key.algorithm, key.public_key))


def _receiving(needs: Needs) -> Iterator[DnsRecord]:
    importance: Importance = "required" if needs.receives else "recommended"
    yield _record("receiving", "MX", needs.name, f"{_MX_PREFERENCE} {needs.platform.mail_host}", importance)


def _trust(needs: Needs) -> Iterator[DnsRecord]:
    name, platform, address = needs.name, needs.platform, report_address(needs)
    if platform.site_host and needs.mta_sts_id:
        yield _record("mta_sts_host", "CNAME", f"mta-sts.{name}", platform.site_host, "recommended")
        yield _record("mta_sts", "TXT", f"_mta-sts.{name}", f"v=STSv1; id={needs.mta_sts_id}", "recommended")
    if address:
        yield _record("tls_rpt", "TXT", f"_smtp._tls.{name}", f"v=TLSRPTv1; rua=mailto:{address}", "recommended")


def _programs(needs: Needs) -> Iterator[DnsRecord]:
    """List what people's mail programs look for."""
    name, platform = needs.name, needs.platform
    if platform.client_host:
        yield _record("mail_host", "CNAME", f"mail.{name}", platform.client_host, "recommended")
    if platform.site_host:
        yield _record("autoconfig", "CNAME", f"autoconfig.{name}", platform.site_host, "recommended")
        yield _record("autodiscover", "CNAME", f"autodiscover.{name}", platform.site_host, "recommended")
    if platform.client_host:
        for service, port in (("_imaps", _IMAPS_PORT), ("_submissions", _SUBMISSIONS_PORT)):
            value = f"0 1 {port} {platform.client_host}"
            yield _record("client_srv", "SRV", f"{service}._tcp.{name}", value, "optional")


def _certificates(needs: Needs) -> Iterator[DnsRecord]:
    name, platform = needs.name, needs.platform
    if platform.zone:
        yield _record("acme", "CNAME", f"_acme-challenge.{name}", f"{needs.id}.acme.{platform.zone}", "optional")
    if platform.ca_identities:
        yield _record("caa", "CAA", name, f'0 issue "{platform.ca_identities[0]}"', "optional")


def _ours(needs: Needs) -> Iterator[DnsRecord]:
    """List what is looked at, though it is no record that the customer could publish as it stands."""
    name, platform = needs.name, needs.platform
    yield _record("bimi", "TXT", f"default._bimi.{name}", "", "optional")
    yield _record("dnssec", "DS", name, "", "optional")
    yield _record("tlsa", "TLSA", f"_25._tcp.{platform.mail_host}", "", "optional")
    for sending in platform.sending:
        yield _record("ptr", "PTR", ip_address(sending.address).reverse_pointer, sending.hostname, "optional")
