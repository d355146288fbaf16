"""Say of each record how it stands and what is to be done: pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from control_plane.mail_domains.checkup.needs import Needs
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.spf.verdict import judge_spf
from control_plane.mail_domains.checkup.spread import holds, spread
from control_plane.mail_domains.checkup.verdict import Verdict, missing, shown
from control_plane.mail_domains.checkup.verdicts.bimi import judge_bimi
from control_plane.mail_domains.checkup.verdicts.dkim import judge_dkim
from control_plane.mail_domains.checkup.verdicts.dmarc import judge_dmarc
from control_plane.mail_domains.checkup.verdicts.host import (
    judge_challenge,
    judge_host,
    judge_reverse,
    judge_service,
)
from control_plane.mail_domains.checkup.verdicts.mx import judge_mx
from control_plane.mail_domains.checkup.verdicts.ownership import judge_ownership
from control_plane.mail_domains.checkup.verdicts.tlsa import judge_tlsa
from control_plane.mail_domains.checkup.verdicts.transport import judge_mta_sts, judge_tls_rpt
from control_plane.mail_domains.checkup.verdicts.zone import judge_caa, judge_dnssec
from control_plane.mail_domains.schemas import DnsRecord, Purpose

Standing: TypeAlias = Literal["sound", "flawed", "unknown"]

_MOST_FOUND = 20
"""So many values are kept of what was found in the place of a record."""

_JUDGES: dict[Purpose, Callable[[DnsRecord, Observations], Verdict]] = {
    "ownership": judge_ownership,
    "dkim": judge_dkim,
    "spf": judge_spf,
    "return_path": judge_mx,
    "return_path_spf": judge_spf,
    "dmarc": judge_dmarc,
    "receiving": judge_mx,
    "mail_host": judge_host,
    "mta_sts_host": judge_host,
    "mta_sts": judge_mta_sts,
    "tls_rpt": judge_tls_rpt,
    "autoconfig": judge_host,
    "autodiscover": judge_host,
    "client_srv": judge_service,
    "acme": judge_challenge,
    "caa": judge_caa,
    "bimi": judge_bimi,
    "dnssec": judge_dnssec,
    "tlsa": judge_tlsa,
    "ptr": judge_reverse,
}


def judge(records: Sequence[DnsRecord], seen: Observations) -> list[DnsRecord]:
    """Judge all records of a domain, in their order."""
    return [_judged(record, seen) for record in records]


def _judged(record: DnsRecord, seen: Observations) -> DnsRecord:
    servers = seen.servers.get((record.host, record.type), [])
    verdict = spread(record, _misplaced(record, _JUDGES[record.purpose](record, seen), seen), servers)
    return msgspec.structs.replace(
        record,
        status=verdict.status,
        explanation=verdict.explanation,
        found=list(verdict.found[:_MOST_FOUND]),
        servers=servers,
    )


def doubled_host(record: DnsRecord, needs: Needs) -> str:
    """Name where a record ends up when the domain is typed into a form that adds it by itself."""
    return f"{record.host}.{needs.name}"


def _misplaced(record: DnsRecord, verdict: Verdict, seen: Observations) -> Verdict:
    """Say of a missing record that it is in that wrong place."""
    host = doubled_host(record, seen.needs)
    elsewhere = seen.answers.get((host.lower(), record.type))
    if verdict.status != "missing" or elsewhere is None or not holds(record, elsewhere.values):
        return verdict
    return missing(
        record,
        f"The record is at {shown(host)}, because your DNS host adds the domain by itself: enter "
        "the host without the domain.",
    )


def standing(judged: Iterable[DnsRecord]) -> Standing:
    """Sum up what is required: flawed only if something is definitely missing or wrong."""
    statuses = {record.status for record in judged if record.importance == "required"}
    if statuses & {"missing", "wrong"}:
        return "flawed"
    return "unknown" if statuses & {"unknown", "unchecked"} else "sound"
