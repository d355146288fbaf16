"""Which DNS records a domain needs, and what is to be said of those that were found: pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from control_plane.mail_domains.dkim import key_record
from control_plane.mail_domains.resolver import Answer
from control_plane.mail_domains.schemas import DnsRecord, RecordStatus

Question: TypeAlias = tuple[str, str]
"""Name and type."""

_MX_PREFERENCE = 10
_MOST_FOUND = 20
"""So many values are kept of what was found in the place of a record."""


class PublicKey(msgspec.Struct, frozen=True):
    """A DKIM key as far as it is public."""

    selector: str
    algorithm: str
    public_key: str


class Targets(msgspec.Struct, frozen=True):
    """The names of ours that customers' records point to."""

    mail_host: str
    spf_include: str


def return_domain(name: str) -> str:
    """Name the domain that bounces come back to."""
    return f"bounce.{name}"


def ownership_host(name: str) -> str:
    """Name where the proof of ownership stands."""
    return f"_fleetpost.{name}"


def ownership_value(token: str) -> str:
    """Write the proof of ownership."""
    return f"fleetpost-verification={token}"


def required(name: str, token: str, keys: Sequence[PublicKey], targets: Targets) -> list[DnsRecord]:
    """List the records that a domain needs, in the order in which one would publish them."""
    spf, mx = f"v=spf1 include:{targets.spf_include} -all", f"{_MX_PREFERENCE} {targets.mail_host}"
    bounces = return_domain(name)
    return [
        DnsRecord(type="TXT", host=ownership_host(name), value=ownership_value(token), purpose="ownership"),
        *(
            DnsRecord(
                type="TXT",
                host=f"{key.selector}._domainkey.{name}",
                value=key_record(key.algorithm, key.public_key),
                purpose="dkim",
            )
            for key in keys
        ),
        DnsRecord(type="TXT", host=name, value=spf, purpose="spf"),
        DnsRecord(type="MX", host=bounces, value=mx, purpose="return_path"),
        DnsRecord(type="TXT", host=bounces, value=spf, purpose="return_path_spf"),
        DnsRecord(type="TXT", host=f"_dmarc.{name}", value="v=DMARC1; p=none", purpose="dmarc"),
        DnsRecord(type="MX", host=name, value=mx, purpose="receiving"),
    ]


def questions(records: Sequence[DnsRecord]) -> set[Question]:
    """List what is to be asked."""
    return {(record.host, record.type) for record in records}


def judge(record: DnsRecord, answers: Mapping[Question, Answer]) -> DnsRecord:
    """Say how a record stands, and what is to be done, in one sentence."""
    answer = answers[record.host, record.type]
    if answer.problem is not None:
        status, explanation, found = _unknown(answer.problem)
    else:
        status, explanation, found = _JUDGES[record.purpose](record, answer.values)
    return msgspec.structs.replace(record, status=status, explanation=explanation, found=found[:_MOST_FOUND])


_Verdict: TypeAlias = tuple[RecordStatus, str, list[str]]


def _unknown(problem: str) -> _Verdict:
    return "unknown", f"DNS gave no answer ({problem}): nothing need be done, it is checked again.", []


def _missing(record: DnsRecord) -> _Verdict:
    return "missing", f"No such record: publish it as {record.type} at {record.host}.", []


def _judge_text(record: DnsRecord, values: Sequence[str]) -> _Verdict:
    """Judge a record that must be there exactly; spaces do not count."""
    found = list(values)
    if any(_squeezed(value) == _squeezed(record.value) for value in values):
        return "ok", "Published.", found
    return ("wrong", "Another value is published: replace it with this one.", found) if found else _missing(record)


def _judge_spf(record: DnsRecord, values: Sequence[str]) -> _Verdict:
    """Judge an SPF record, which may have more in it than ours (RFC 7208 §4.5: there must be only one)."""
    found = [value for value in values if value.lower().split(" ")[0] == "v=spf1"]
    ours = record.value.split(" ")[1]
    if not found:
        return _missing(record)
    if len(found) > 1:
        return "wrong", "There are several SPF records, so receivers ignore all of them: merge them into one.", found
    if ours in found[0].lower().split(" "):
        return "ok", "Published.", found
    return "wrong", f"Your SPF record does not name us: add {ours} to it, before its last word.", found


def _judge_dmarc(record: DnsRecord, values: Sequence[str]) -> _Verdict:
    """Judge a DMARC record: any policy will do."""
    found = [value for value in values if _squeezed(value).lower().startswith("v=dmarc1")]
    return ("ok", "Published.", found) if found else _missing(record)


def _judge_mx(record: DnsRecord, values: Sequence[str]) -> _Verdict:
    """Judge an MX record by the host it names; the preference is the customer's choice."""
    found = list(values)
    hosts = {value.split(" ")[-1].lower() for value in values}
    wanted = record.value.split(" ")[-1].lower()
    if not hosts:
        return _missing(record)
    if wanted not in hosts:
        return "wrong", f"Mail goes to another host: point the MX record to {wanted} to receive it here.", found
    if len(hosts) > 1:
        return "ok", "Published; other hosts receive mail for this name too.", found
    return "ok", "Published.", found


def _squeezed(text: str) -> str:
    return "".join(text.split())


_JUDGES: dict[str, Callable[[DnsRecord, Sequence[str]], _Verdict]] = {
    "ownership": _judge_text,
    "dkim": _judge_text,
    "receiving": _judge_mx,
    "spf": _judge_spf,
    "return_path": _judge_mx,
    "return_path_spf": _judge_spf,
    "dmarc": _judge_dmarc,
}
