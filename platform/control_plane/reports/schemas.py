"""What reports look like to others."""

from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["ours", "service", "forwarded", "foreign"]
"""Who sent what is in a report: `ours`: this platform; `service`: another one that you use and that is set up for your
domain; `forwarded`: sent by you, and passed on by somebody; `foreign`: not you, or something that is not set up."""
KINDS: tuple[Kind, ...] = ("ours", "service", "forwarded", "foreign")
Disposition: TypeAlias = Literal["none", "quarantine", "reject"]
Step: TypeAlias = Literal["wait", "fix", "tighten", "done"]
"""`wait`: too little is known; `fix`: something must be put right first; `tighten`: publish `record`; `done`."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a stricter policy is safe, and what it takes."""

    step: Step
    sentence: str
    """With `%(name)s` for each of the values."""
    values: dict[str, str] = {}
    record: str | None = None
    """What to publish next."""

    @property
    def explanation(self) -> str:
        """Give the sentence in English."""
        return self.sentence % self.values


class AdviceView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a stricter policy is safe, and what it takes."""

    step: Step
    explanation: str
    record: str | None = None
    """What to publish next."""


class DmarcPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy that the reporter found in DNS."""

    domain: str
    policy: str
    subdomains: str
    """Empty: the same."""
    percent: int
    dkim_alignment: str
    spf_alignment: str


class DmarcReport(msgspec.Struct, frozen=True, kw_only=True):
    """An aggregate report of one receiver on one domain."""

    id: str
    domain_id: str
    domain: str
    reporter: str
    contact: str
    report_id: str
    """The reporter's own."""
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    messages: int
    passed: int
    """Messages that were aligned by DKIM, SPF or both."""
    policy: DmarcPolicy


class DmarcSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A DKIM signature that was good."""

    domain: str
    selector: str


class DmarcReportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """So many messages from one address that all fared the same."""

    source_ip: str
    kind: Kind
    messages: int
    disposition: str
    dkim_aligned: bool
    spf_aligned: bool
    header_from: str
    envelope_from: str
    dkim: tuple[DmarcSignature, ...]
    spf: str
    """The domain that SPF passed for; empty if it passed for none."""
    reasons: tuple[str, ...]
    """Why the reporter did not follow the policy, such as `forwarded`."""


class DmarcReportDetails(DmarcReport, frozen=True, kw_only=True):
    """A report with its records, those of the most messages first."""

    records: tuple[DmarcReportRecord, ...]
    record_count: int
    """How many the report had; up to 2,000 of them are kept."""
    left_out: int
    """How many made no sense, or were about another domain."""
    errors: tuple[str, ...]
    """What the reporter says went wrong."""


class DmarcCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Messages by how they fared."""

    messages: int = 0
    passed: int = 0
    dkim_aligned: int = 0
    spf_aligned: int = 0
    quarantined: int = 0
    rejected: int = 0

    @property
    def failed(self) -> int:
        """Count what was aligned by neither."""
        return self.messages - self.passed

    def __add__(self, other: "DmarcCounts") -> "DmarcCounts":
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return DmarcCounts(**dict(zip(self.__struct_fields__, map(sum, zip(mine, others, strict=True)), strict=True)))


class DmarcDay(msgspec.Struct, frozen=True, kw_only=True):
    """What was reported of one UTC day's mail of one kind."""

    day: date
    kind: Kind
    counts: DmarcCounts


class DmarcSource(msgspec.Struct, frozen=True, kw_only=True):
    """What was reported of one address."""

    source_ip: str
    kind: Kind
    counts: DmarcCounts
    days: int
    """On how many days it sent."""
    last_day: date
    dkim_domain: str
    """Whose signature was good; empty: nobody's."""
    spf_domain: str
    """Whose SPF passed; empty: nobody's."""


class Reporter(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who reports."""

    reporter: str
    reports: int
    messages: int
    last_at: datetime


class DmarcSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What was reported of a domain's mail: days and kinds without any are left out."""

    domain_id: str
    domain: str
    days: int
    """How far back it goes."""
    totals: dict[Kind, DmarcCounts]
    by_day: tuple[DmarcDay, ...]
    sources: tuple[DmarcSource, ...]
    """Those of the most messages."""
    reporters: tuple[Reporter, ...]
    advice: AdviceView


class TlsReport(msgspec.Struct, frozen=True, kw_only=True):
    """How one sender's connections to a domain's mail servers fared."""

    id: str
    domain_id: str
    domain: str
    reporter: str
    contact: str
    report_id: str
    """The reporter's own."""
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    succeeded: int
    failed: int


class TlsReportFailure(msgspec.Struct, frozen=True, kw_only=True):
    """So many sessions that failed for one reason."""

    result: str
    sessions: int
    mx: str
    sending_ip: str | None
    receiving_ip: str | None
    detail: str


class TlsReportPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How sessions under one policy fared."""

    kind: str
    domain: str
    mode: str
    succeeded: int
    failed: int
    failures: tuple[TlsReportFailure, ...]


class TlsReportDetails(TlsReport, frozen=True, kw_only=True):
    """A report with its policies."""

    policies: tuple[TlsReportPolicy, ...]


class TlsSessions(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions of one kind and result."""

    kind: str
    result: str
    """Empty: they succeeded."""
    mx: str
    sessions: int
    last_day: date


class TlsSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How others' connections to a domain's mail servers fared."""

    domain_id: str
    domain: str
    days: int
    succeeded: int
    failed: int
    sessions: tuple[TlsSessions, ...]
    advice: AdviceView


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody marked a mail as spam, and their provider told us."""

    id: str
    domain_id: str
    domain: str
    kind: str
    """As in RFC 5965: `abuse`, `fraud`, `virus`, `other`, `opt-out`, `not-spam`."""
    reporter: str
    recipient: str
    message_id: str | None
    delivery_id: str | None
    received_at: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one domain fared of late."""

    domain_id: str
    domain: str
    totals: dict[Kind, DmarcCounts]
    policy: str
    """As the last report found it; empty without one."""
    tls_succeeded: int
    tls_failed: int
    complaints: int
    last_at: datetime | None


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which reports are asked for; moments are those of their arrival."""

    domain: str | None = None
    since: datetime | None = None
    until: datetime | None = None
