"""Records and domains for the tests of publishing."""

from datetime import UTC, datetime

from control_plane.mail_domains.schemas import DnsRecord, Domain, Purpose, RecordType

NAME = "acme.test"


def record(purpose: Purpose, record_type: RecordType, host: str, value: str) -> DnsRecord:
    """Make a record; the host is below the domain, and nothing means the domain itself."""
    return DnsRecord(type=record_type, host=f"{host}.{NAME}" if host else NAME, value=value, purpose=purpose)


RECORDS = [
    record("ownership", "TXT", "_fleetpost", "fleetpost-verification=abc"),
    record("dkim", "TXT", "fp1r._domainkey", f"v=DKIM1; k=rsa; p={'A' * 390}"),
    record("dkim", "CNAME", "fp2r._domainkey", "fp2r.0000.dkim.fleet.test"),
    record("spf", "TXT", "", "v=spf1 include:spf.fleet.test -all"),
    record("return_path", "MX", "bounce", "10 mx.fleet.test"),
    record("return_path_spf", "TXT", "bounce", "v=spf1 include:spf.fleet.test -all"),
    record("dmarc", "TXT", "_dmarc", "v=DMARC1; p=none; rua=mailto:t@reports.fleet.test"),
    record("receiving", "MX", "", "10 mx.fleet.test"),
    record("mta_sts", "TXT", "_mta-sts", "v=STSv1; id=1"),
    record("autoconfig", "CNAME", "autoconfig", "site.fleet.test"),
    record("client_srv", "SRV", "_imaps._tcp", "0 1 993 mail.fleet.test"),
    record("ptr", "PTR", "", "out.fleet.test"),
    record("dnssec", "DS", "", "signed"),
]


def domain(records: list[DnsRecord]) -> Domain:
    """Make a domain that needs these records."""
    return Domain(
        id="dom_0",
        name=NAME,
        display_name=NAME,
        status="pending",
        records=records,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        proven_at=None,
        proof_missing_since=None,
        checked_at=None,
        next_check_at=None,
    )
