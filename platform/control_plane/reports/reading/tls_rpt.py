"""SMTP TLS reports (RFC 8460 §4): how other servers' connections to a domain's mail servers fared."""

import hashlib
from datetime import datetime

import msgspec

from control_plane.reports.reading import words
from control_plane.reports.reading.refusal import Unreadable

_MOST = 10 * 1024 * 1024
_MOST_POLICIES = 100
_MOST_FAILURES = 1000
_MOST_LINES = 20
_TYPES = ("sts", "tlsa", "no-policy-found")


class TlsFailure(msgspec.Struct, frozen=True, kw_only=True):
    """So many sessions that failed for one reason."""

    result: str
    """Such as `certificate-expired`; the registry's name, or what the reporter calls it."""
    sessions: int
    mx: str = ""
    sending_ip: str | None = None
    receiving_ip: str | None = None
    detail: str = ""


class TlsPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How sessions under one policy fared."""

    kind: str
    domain: str
    mode: str = ""
    """Of an MTA-STS policy: `testing`, `enforce` or `none`."""
    succeeded: int = 0
    failed: int = 0
    failures: tuple[TlsFailure, ...] = ()


class ReadTls(msgspec.Struct, frozen=True, kw_only=True):
    """A report."""

    reporter: str
    contact: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    policies: tuple[TlsPolicy, ...]


class _Range(msgspec.Struct, rename="kebab"):
    start_datetime: str = ""
    end_datetime: str = ""


class _Policy(msgspec.Struct, rename="kebab"):
    policy_type: str = ""
    policy_string: list[str] | str = []
    policy_domain: str = ""


class _Summary(msgspec.Struct, rename="kebab"):
    total_successful_session_count: int = 0
    total_failure_session_count: int = 0


class _Failure(msgspec.Struct, rename="kebab"):
    result_type: str = ""
    sending_mta_ip: str | None = None
    receiving_mx_hostname: str | None = None
    receiving_ip: str | None = None
    failed_session_count: int = 0
    failure_reason_code: str | None = None
    additional_information: str | None = None


class _Result(msgspec.Struct, rename="kebab"):
    policy: _Policy = msgspec.field(default_factory=_Policy)
    summary: _Summary = msgspec.field(default_factory=_Summary)
    failure_details: list[_Failure] | None = None


class _Report(msgspec.Struct, rename="kebab"):
    organization_name: str = ""
    date_range: _Range = msgspec.field(default_factory=_Range)
    contact_info: str | None = None
    report_id: str = ""
    policies: list[_Result] = []


_decoder = msgspec.json.Decoder(_Report, strict=False)


def read_tls(data: bytes, now: datetime) -> ReadTls:
    """Read a report; raises `Unreadable`."""
    if len(data) > _MOST:
        raise Unreadable("The TLS report is larger than 10 MB.")
    try:
        found = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"The TLS report does not have the form of RFC 8460: {str(error)[:200]}.") from error
    if not 0 < len(found.policies) <= _MOST_POLICIES:
        raise Unreadable("The TLS report has no policies, or more than 100.")
    period = found.date_range
    begins_at, ends_at = sorted((words.moment(period.start_datetime, now), words.moment(period.end_datetime, now)))
    contact = words.line(found.contact_info)
    return ReadTls(
        reporter=words.line(found.organization_name, 200) or contact.rpartition("@")[2] or "unknown",
        contact=contact,
        report_id=words.line(found.report_id, 250) or hashlib.sha256(data).hexdigest(),
        begins_at=begins_at,
        ends_at=ends_at,
        policies=tuple(_policy(each) for each in found.policies),
    )


def _policy(found: _Result) -> TlsPolicy:
    details = (found.failure_details or [])[:_MOST_FAILURES]
    failures = tuple(_failure(each) for each in details if _bounded(each.failed_session_count))
    return TlsPolicy(
        kind=kind if (kind := found.policy.policy_type.lower()) in _TYPES else "no-policy-found",
        domain=words.domain(found.policy.policy_domain),
        mode=_mode(found.policy.policy_string),
        succeeded=_bounded(found.summary.total_successful_session_count),
        failed=_bounded(found.summary.total_failure_session_count) or sum(each.sessions for each in failures),
        failures=failures,
    )


def _failure(found: _Failure) -> TlsFailure:
    return TlsFailure(
        result=words.line(found.result_type, 60).lower() or "unknown",
        sessions=_bounded(found.failed_session_count),
        mx=words.domain(found.receiving_mx_hostname),
        sending_ip=words.address(found.sending_mta_ip),
        receiving_ip=words.address(found.receiving_ip),
        detail=words.line(found.additional_information or found.failure_reason_code, 500),
    )


def _mode(policy: list[str] | str) -> str:
    """Find the mode in an MTA-STS policy: some write its lines apart, some in one text."""
    lines = policy.splitlines() if isinstance(policy, str) else [part for each in policy for part in each.splitlines()]
    for each in lines[:_MOST_LINES]:
        name, _, value = each.partition(":")
        if name.strip().lower() == "mode" and value.strip().lower() in ("testing", "enforce", "none"):
            return value.strip().lower()
    return ""


def _bounded(sessions: int) -> int:
    """Take a number that cannot be true for none."""
    return words.count(str(sessions)) or 0
