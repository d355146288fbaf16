"""What the API takes and gives.

Made by `scripts/client` from the API's description: not to be edited.
"""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

Json: TypeAlias = object


class AcceptedRecipient(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Accepted recipient."""

    email: str
    delivery_id: str
    status: Literal[
        "accepted",
        "held",
        "scheduled",
        "queued",
        "deferred",
        "delivered",
        "bounced",
        "complained",
        "suppressed",
        "failed",
        "cancelled",
    ] = "accepted"


class AccessGrant(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Access grant."""

    tenant_id: str
    name: str
    kind: Literal["operator", "agency", "client"]
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]
    created_at: datetime


class AccessGrantChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Access grant change."""

    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class Action(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Action."""

    type: Literal["webhook", "mailbox", "forward", "drop", "hold"]
    webhook_id: str | None = None
    mailbox: str | None = None
    to: str | None = None


class Advice(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Advice."""

    action: Literal["watch", "quarantine"]
    what: Literal["bounces", "complaints"]
    rate: float
    provider: str


class AdviceView(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Advice view."""

    step: Literal["wait", "fix", "tighten", "done"]
    explanation: str
    record: str | None = None


class Answer(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Answer."""

    status: int | None
    headers: dict[str, str]
    excerpt: str
    ms: int


class ApiKey(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Api key."""

    id: str
    name: str
    scopes: list[str]
    mode: Literal["live", "test"]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    allowed_domains: list[str]
    allowed_networks: list[str]
    requests_per_minute: int | None
    smtp: bool
    replaced_by: str | None
    last_used_at: datetime | None
    last_used_address: str | None


class ApiKeyChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Api key change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    allowed_domains: list[str] | msgspec.UnsetType = msgspec.UNSET
    allowed_networks: list[str] | msgspec.UnsetType = msgspec.UNSET
    requests_per_minute: int | msgspec.UnsetType | None = msgspec.UNSET
    smtp: bool | msgspec.UnsetType = msgspec.UNSET


class Appeal(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Appeal."""

    id: str
    tenant_id: str
    status: Literal["open", "accepted", "declined"]
    cause: str
    changed: str
    answer: str
    created_at: datetime
    answered_at: datetime | None


class AppealAnswer(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Appeal answer."""

    accept: bool
    answer: str


class AskedDelisting(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Asked delisting."""

    blocklist: str


class AuditActor(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Audit actor."""

    kind: Literal["user", "key", "system"]
    id: str
    name: str
    tenant_id: str | None


class AuditChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Audit change."""

    before: Json
    after: Json


class AuditHead(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Audit head."""

    seq: int
    hash: str


class Because(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Because."""

    reason: str


class BrandChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Brand change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    accent: str | msgspec.UnsetType = msgspec.UNSET
    accent_dark: str | msgspec.UnsetType = msgspec.UNSET
    support: str | msgspec.UnsetType = msgspec.UNSET
    host: str | msgspec.UnsetType = msgspec.UNSET


class BulkAct(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Bulk act."""

    id: str
    act: Literal["cancel", "release"]
    status: Literal["running", "done"]
    matched: int
    done: int
    kept: int
    refused: int
    created_at: datetime
    finished_at: datetime | None


class BulkDeleted(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Bulk deleted."""

    deleted: int
    not_found: list[str]


class BulkDeletion(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Bulk deletion."""

    emails: list[str] = []
    ids: list[str] = []
    reason: str


class Certificate(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Certificate."""

    id: str
    names: list[str]
    source: Literal["acme", "upload"]
    status: Literal["pending", "issued", "failed", "revoked", "superseded"]
    issuer: str
    key_type: str
    fingerprint: str
    not_before: datetime | None
    not_after: datetime | None
    renew_at: datetime | None
    renewal_window: list[Json] | None
    attempts: int
    problem: str | None
    next_attempt_at: datetime | None
    created_at: datetime


class Change(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Change."""

    at: datetime
    blocklist: str
    title: str
    state: Literal["clean", "suspected", "listed", "unknown"]
    why: str


class ChangedDnsProvider(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Changed dns provider."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    credentials: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    domain_id: str | msgspec.UnsetType | None = msgspec.UNSET


class ClassStanding(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Class standing."""

    step: int
    cap_today: int
    cap_hour: int
    sent_today: int
    verdict: Literal["begin", "climb", "wait", "hold", "step_back", "done"]
    why: str


class CloneRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Clone request."""

    name: str | None = None


class Complaint(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Complaint."""

    id: str
    domain_id: str
    domain: str
    kind: str
    reporter: str
    recipient: str
    message_id: str | None
    delivery_id: str | None
    received_at: datetime


class ConsideredRoute(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Considered route."""

    route_id: str
    name: str
    fits: bool
    why: str


class ContentRetention(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Content retention."""

    content_days: int


class CoolDownChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Cool down change."""

    until: datetime
    reason: str


class Counts(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Counts."""

    deliveries: int = 0
    held: int = 0
    deferred: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0
    suppressed: int = 0
    failed: int = 0
    cancelled: int = 0


class CreatedApiKey(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Created api key."""

    id: str
    name: str
    scopes: list[str]
    mode: Literal["live", "test"]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    allowed_domains: list[str]
    allowed_networks: list[str]
    requests_per_minute: int | None
    smtp: bool
    replaced_by: str | None
    last_used_at: datetime | None
    last_used_address: str | None
    secret: str


class CreatedSharedLink(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Created shared link."""

    id: str
    domain_id: str
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime
    url: str


class DaemonParameters(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Daemon parameters."""

    postfix: dict[str, str] = {}
    dovecot: dict[str, str] = {}
    rspamd: dict[str, str] = {}


class Decisions(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Decisions."""

    replace: list[str] = []
    leave_out: list[str] = []


class Delays(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Delays."""

    before_queue_s: float
    in_queue_s: float
    connect_s: float
    transmit_s: float


class DkimChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dkim change."""

    mode: Literal["cname", "txt"] | msgspec.UnsetType = msgspec.UNSET
    rotate_days: int | msgspec.UnsetType | None = msgspec.UNSET


class DkimKey(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dkim key."""

    selector: str
    algorithm: Literal["rsa", "ed25519"]
    status: Literal["pending", "active", "retiring", "retired"]
    public_key: str
    host: str
    created_at: datetime
    seen_at: datetime | None
    activated_at: datetime | None
    retiring_at: datetime | None
    record_until: datetime | None
    retired_at: datetime | None
    compromised_at: datetime | None


class DmarcCounts(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc counts."""

    messages: int = 0
    passed: int = 0
    dkim_aligned: int = 0
    spf_aligned: int = 0
    quarantined: int = 0
    rejected: int = 0


class DmarcPolicy(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc policy."""

    domain: str
    policy: str
    subdomains: str
    percent: int
    dkim_alignment: str
    spf_alignment: str


class DmarcSignature(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc signature."""

    domain: str
    selector: str


class DnsProvider(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dns provider."""

    id: str
    kind: Literal[
        "cloudflare",
        "ddns",
        "digitalocean",
        "gandi",
        "godaddy",
        "hetzner",
        "ovh",
        "porkbun",
        "powerdns",
    ]
    name: str
    tested_at: datetime | None
    created_at: datetime


class DomainRelay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Domain relay."""

    domain_id: str
    domain: str
    relay_id: str | None


class DomainSwitch(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Domain switch."""

    relay_id: str | None


class Effect(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Effect."""

    fired: int = 0
    suspended: int = 0
    slowed: int = 0
    bounced: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class EmailAddress(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Email address."""

    email: str
    name: str = ""


class EnrolmentToken(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Enrolment token."""

    node_id: str
    token: str
    expires_at: datetime


class Event(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Event."""

    id: str
    type: str
    timestamp: datetime
    tenant_id: str
    data: dict[str, Json]


class EventsAddress(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Events address."""

    relay_id: str
    events_url: str


class FieldError(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Field error."""

    path: str
    message: str


class Finding(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Finding."""

    what: Literal["ptr", "forward", "bound"]
    status: Literal["ok", "missing", "wrong", "unknown"]
    text: str


class ForwardTarget(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Forward target."""

    email: str
    status: Literal["waiting", "confirmed", "paused", "declined"]
    note: str | None


class Gate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Gate."""

    name: Literal[
        "present", "applied", "configuration", "probe", "queue", "deferrals", "bounces"
    ]
    verdict: Literal["waiting", "passed", "failed", "not_asked"]
    figure: str


class GivingUp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Giving up."""

    confirm: str
    send_again: bool = False


class Health(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Health."""

    database: Literal["ok", "unreachable"]
    valkey: Literal["ok", "unreachable"]


class Holdings(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Holdings."""

    mailboxes: int = 0
    taken: int = 0
    queued: int = 0
    waiting_events: int = 0
    waiting_mails: int = 0


class HostProof(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Host proof."""

    txt_host: str
    txt_value: str
    cname_target: str


class ImportFault(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Import fault."""

    line: int
    message: str


class InboundAddress(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound address."""

    email: str
    name: str = ""


class InboundAttachment(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound attachment."""

    filename: str
    content_type: str
    size: int
    content_id: str | None
    link: str | None


class InboundAuthentication(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound authentication."""

    spf: str
    dkim: str
    dmarc: str
    arc: str


class InboundEnvelope(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Inbound envelope."""

    sender: str
    recipient: str
    client: str | None


class InboundHeader(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound header."""

    name: str
    value: str


class InboundParse(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound parse."""

    problems: list[str]


class InboundQuestion(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound question."""

    recipient: str
    headers: dict[str, str] = {}


class InboundRelease(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound release."""

    webhook_id: str | None = None


class InboundSpam(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound spam."""

    score: float | None
    symbols: dict[str, float]


class InboundSummary(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Inbound summary."""

    id: str
    route_id: str
    status: Literal[
        "routed", "forwarded", "delivered", "held", "dropped", "released", "purged"
    ]
    note: str | None
    recipient: str
    sender: str
    subject: str
    received_at: datetime
    size: int
    spam_score: float | None


class Invitation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Invitation."""

    id: str
    email: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime


class KeyRotation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Key rotation."""

    overlap_seconds: int = 86400


class KeyView(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Key view."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime | None


class Limits(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Limits."""

    messages_month: int | None = None
    messages_day: int | None = None
    messages_hour: int | None = None
    domains: int | None = None
    mailboxes: int | None = None
    storage_bytes: int | None = None
    contacts: int | None = None
    dedicated_ips: int | None = None


class ListStanding(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """List standing."""

    blocklist: str
    title: str
    state: Literal["clean", "suspected", "listed", "unknown"]
    severity: Literal["warn", "quarantine"] | None
    since: datetime
    looked_at: datetime
    codes: list[str]
    why: str
    delisting_url: str
    steps: list[str]
    delisting_asked_at: datetime | None


class Mailbox(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mailbox."""

    id: str
    address: str
    name: str
    quota_bytes: int
    used_bytes: int | None
    status: Literal["active", "suspended"]
    created_at: datetime
    version: int


class MailboxChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mailbox change."""

    password: str | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    quota_bytes: int | msgspec.UnsetType = msgspec.UNSET
    status: Literal["active", "suspended"] | msgspec.UnsetType = msgspec.UNSET


class Match(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Match."""

    type: Literal["address", "domain", "subdomains", "header"]
    address: str | None = None
    domain: str | None = None
    name: str | None = None
    pattern: str | None = None


class MeasureChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Measure change."""

    stream: Literal["transactional", "broadcast", "all"]
    before: Literal["none", "warned", "throttled", "risk", "paused"]
    after: Literal["none", "warned", "throttled", "risk", "paused"]
    cause: Literal[
        "bounces",
        "complaints",
        "repeated",
        "everywhere",
        "clean",
        "operator",
        "appeal_accepted",
        "exempted",
    ]
    note: str
    at: datetime


class Member(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Member."""

    id: str
    email: str
    name: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]
    joined_at: datetime


class MemberChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Member change."""

    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class MessageFilter(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Message filter."""

    status: Literal["held", "scheduled"] = "held"
    held_for: Literal["quota", "enforcement"] | None = None
    stream: Literal["transactional", "broadcast"] | None = None
    before: datetime | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Move."""

    parent_id: str


class MtaSts(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mta sts."""

    mode: Literal["testing", "enforce", "none"]
    max_age_seconds: int
    mx: list[str]
    policy_id: str
    policy_url: str
    advice: str


class MtaStsChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mta sts change."""

    mode: Literal["testing", "enforce", "none"] | msgspec.UnsetType = msgspec.UNSET
    max_age_seconds: int | msgspec.UnsetType = msgspec.UNSET


class NewAccessGrant(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New access grant."""

    tenant_id: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class NewApiKey(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New api key."""

    name: str
    scopes: list[str]
    mode: Literal["live", "test"] = "live"
    expires_at: datetime | None = None
    allowed_domains: list[str] = []
    allowed_networks: list[str] = []
    requests_per_minute: int | None = None
    smtp: bool = False


class NewAppeal(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New appeal."""

    cause: str
    changed: str


class NewAttachment(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New attachment."""

    filename: str
    content_type: str
    content: str
    content_id: str | None = None


class NewCertificate(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New certificate."""

    names: list[str] = []
    chain: str | None = None
    private_key: str | None = None


class NewContentRetention(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New content retention."""

    content_days: int


class NewDnsProvider(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New dns provider."""

    kind: Literal[
        "cloudflare",
        "ddns",
        "digitalocean",
        "gandi",
        "godaddy",
        "hetzner",
        "ovh",
        "porkbun",
        "powerdns",
    ]
    name: str
    credentials: dict[str, str]
    domain_id: str | None = None


class NewDomain(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New domain."""

    name: str | None = None
    platform_label: str | None = None


class NewEnrolmentToken(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New enrolment token."""

    node_id: str


class NewExemption(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New exemption."""

    until: datetime
    reason: str


class NewInvitation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New invitation."""

    email: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class NewIp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New ip."""

    address: str
    stream: Literal["transactional", "broadcast"]
    hostname: str
    status: Literal["provisioning", "active"] = "active"


class NewMailbox(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New mailbox."""

    address: str
    password: str
    name: str = ""
    quota_bytes: int = 0


class NewMeasure(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New measure."""

    stream: Literal["transactional", "broadcast", "all"]
    step: Literal["none", "warned", "throttled", "risk", "paused"]
    reason: str
    until: datetime | None = None


class NewMoves(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New moves."""

    mailbox: str | None = None
    domain: str | None = None
    tenant: str | None = None
    node: str | None = None
    to: str | None = None


class NewPool(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New pool."""

    name: str
    stream: Literal["transactional", "broadcast"]
    tenant_id: str | None = None
    kind: Literal["risk"] | None = None


class NewPublication(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New publication."""

    connection_id: str
    dry_run: bool = True


class NewReplay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New replay."""

    since: datetime
    until: datetime | None = None
    types: list[str] | None = None


class NewSendingIp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New sending ip."""

    address: str
    node_id: str
    pool_id: str
    hostname: str
    weight: int = 1
    standby: bool = False


class NewSharedLink(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New shared link."""

    email: str | None = None


class NewTemplate(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New template."""

    name: str
    kind: Literal["message", "layout"] = "message"
    description: str = ""
    subject: str = ""
    html: str | None = None
    text: str | None = None
    mjml: str | None = None
    layout_id: str | None = None
    sample_data: dict[str, Json] = {}
    undefined: Literal["lenient", "strict"] = "lenient"


class NewTest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New test."""

    type: str = "message.delivered"


class NewWebhook(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New webhook."""

    url: str
    events: list[str] = msgspec.field(default_factory=lambda: ["*"])
    description: str = ""


class NodeChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Node change."""

    hostname: str | msgspec.UnsetType = msgspec.UNSET
    service_address: str | msgspec.UnsetType = msgspec.UNSET
    roles: list[Literal["outbound", "mx", "mailbox"]] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    region: str | msgspec.UnsetType = msgspec.UNSET


class NodeIp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Node ip."""

    id: str
    address: str
    hostname: str
    pool_id: str
    status: str


class NodeName(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Node name."""

    id: str
    name: str


class NodeReaction(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Node reaction."""

    ip_id: str
    provider: str
    domain: str
    rule: str
    action: str
    until: datetime


class OwnCertificate(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Own certificate."""

    chain: str
    private_key: str


class PlanLimits(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Plan limits."""

    messages_month: int | None = None
    messages_day: int | None = None
    messages_hour: int | None = None
    domains: int | None = None
    mailboxes: int | None = None
    storage_bytes: int | None = None
    contacts: int | None = None
    dedicated_ips: int | None = None
    message_bytes: int | None = None


class PoolChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Pool change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    is_default: bool | msgspec.UnsetType = msgspec.UNSET


class PooledIp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Pooled ip."""

    id: str
    address: str
    hostname: str
    status: Literal[
        "provisioning", "warming", "active", "draining", "quarantined", "released"
    ]
    standby: bool


class Preview(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Preview."""

    subject: str
    html: str | None
    text: str | None
    undefined: list[str]
    warnings: list[str]


class PreviewRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Preview request."""

    data: dict[str, Json] | None = None
    version: int | None = None


class Price(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Price."""

    amount_minor: int
    currency: str


class ProviderClass(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Provider class."""

    name: str
    mx_suffixes: list[str] = []
    domains: list[str] = []
    connections: int = 10
    messages_per_connection: int = 100
    per_minute: float | None = None
    tls: Literal["may", "encrypt"] = "may"


class ProviderField(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Provider field."""

    name: str
    label: str
    secret: bool
    required: bool
    choices: list[str]


class PublicationStep(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Publication step."""

    key: str
    type: Literal["TXT", "MX", "CNAME", "A", "AAAA", "PTR", "SRV", "TLSA", "CAA", "DS"]
    name: str
    purposes: list[
        Literal[
            "ownership",
            "dkim",
            "receiving",
            "spf",
            "return_path",
            "return_path_spf",
            "dmarc",
            "mail_host",
            "mta_sts",
            "mta_sts_host",
            "tls_rpt",
            "autoconfig",
            "autodiscover",
            "client_srv",
            "acme",
            "ptr",
            "tlsa",
            "dnssec",
            "caa",
            "bimi",
        ]
    ]
    action: Literal["create", "change", "leave", "conflict"]
    before: list[str]
    after: list[str]
    replaceable: bool
    explanation: str
    status: Literal[
        "proposed", "left_out", "waiting", "done", "failed", "taken_back", "kept"
    ]
    problem: str | None


class QueuedGroup(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Queued group."""

    domain: str
    provider: str
    by_age: list[Json]
    total: int


class Rate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Rate."""

    provider: str
    sent: int
    delivered: int
    deferred: int
    bounced: int
    complained: int
    bounce_rate: float
    complaint_rate: float
    deferral_rate: float


class RatedDay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rated day."""

    day: str
    delivered: int
    deferred: int
    bounced: int
    complained: int


class Reactivation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Reactivation."""

    reason: str


class Recipient(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Recipient."""

    email: str
    kind: Literal["to", "cc", "bcc"]
    delivery_id: str
    status: Literal[
        "accepted",
        "held",
        "scheduled",
        "queued",
        "deferred",
        "delivered",
        "bounced",
        "complained",
        "suppressed",
        "failed",
        "cancelled",
    ]
    held_for: Literal["quota", "suspension", "enforcement"] | None = None
    sandbox: bool


class RecordChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Record change."""

    purpose: Literal[
        "ownership",
        "dkim",
        "receiving",
        "spf",
        "return_path",
        "return_path_spf",
        "dmarc",
        "mail_host",
        "mta_sts",
        "mta_sts_host",
        "tls_rpt",
        "autoconfig",
        "autodiscover",
        "client_srv",
        "acme",
        "ptr",
        "tlsa",
        "dnssec",
        "caa",
        "bimi",
    ]
    type: Literal["TXT", "MX", "CNAME", "A", "AAAA", "PTR", "SRV", "TLSA", "CAA", "DS"]
    host: str
    before: Literal["unchecked", "ok", "warning", "missing", "wrong", "unknown"]
    after: Literal["unchecked", "ok", "warning", "missing", "wrong", "unknown"]
    found: list[str] = []


class RelayScope(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Relay scope."""

    domains: list[str] = []
    streams: list[Literal["transactional", "broadcast"]] = []
    destinations: list[str] = []


class RelayTest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Relay test."""

    node_id: str
    asked_at: datetime
    problem: str


class Release(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Release."""

    even_undrained: bool = False
    reason: str = ""


class ReplyRule(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Reply rule."""

    name: str
    provider: str = ""
    pattern: str
    threshold: int = 1
    within_seconds: int = 3600
    action: Literal["slow", "suspend", "bounce"]
    per_minute: float | None = None
    connections: int | None = None
    for_seconds: int = 1800


class Reporter(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Reporter."""

    reporter: str
    reports: int
    messages: int
    last_at: datetime


class Resend(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Resend."""

    recipients: list[str] = []


class ResourceUsage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Resource usage."""

    resource: Literal[
        "messages_hour",
        "messages_day",
        "messages_month",
        "messages_held",
        "messages_scheduled",
        "domains",
        "mailboxes",
        "storage_bytes",
        "contacts",
        "dedicated_ips",
    ]
    used: int
    limit: int | None
    window: Literal["hour", "day", "month"] | None
    resets_at: datetime | None
    provider_exhausted: bool


class Retirement(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Retirement."""

    confirm: str | None = None


class Revocation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Revocation."""

    reason: Literal["key_compromise", "superseded", "cessation_of_operation"]


class RolloutDiff(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout diff."""

    node_id: str
    name: str
    generation: int
    service: str
    diff: str
    problem: str | None
    at: datetime


class RotatedSecret(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rotated secret."""

    id: str
    secrets: list[str]
    old_secret_until: datetime


class Rotation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rotation."""

    compromised: bool = False


class Route(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Route."""

    pool_id: str | None = None
    provider: str | None = None
    rule: str | None = None
    warmup_step: int | None = None
    generation: int = 0
    ip_id: str | None = None
    relay_id: str | None = None
    why: str | None = None


class ScheduleChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Schedule change."""

    send_at: datetime | None


class SendingIpChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Sending ip change."""

    hostname: str | msgspec.UnsetType = msgspec.UNSET
    weight: int | msgspec.UnsetType = msgspec.UNSET
    standby: bool | msgspec.UnsetType = msgspec.UNSET
    pool_id: str | msgspec.UnsetType = msgspec.UNSET


class SendingRate(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Sending rate."""

    cause: Literal["bounces", "complaints"]
    window: Literal["day", "week"]
    count: int
    of: int
    review: float
    pause: float
    grade: Literal["few", "good", "review", "bad"]


class SentRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Sent request."""

    url: str
    headers: dict[str, str]
    body: str


class ServerAnswer(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Server answer."""

    server: str
    found: list[str] = []
    problem: str | None = None


class SharedLink(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Shared link."""

    id: str
    domain_id: str
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime


class Slice(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Slice."""

    start: datetime
    attempts: int
    held_now: int
    held_proposed: int


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Step."""

    per_day: int
    per_hour: int


class StepBack(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Step back."""

    provider: str | None = None


class Suppression(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Suppression."""

    id: str
    email: str
    status: Literal["active", "ended"]
    reason: Literal["hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"]
    scope: Literal["tenant", "stream"]
    stream: Literal["transactional", "broadcast"] | None
    for_clients: bool
    source: Literal["api", "portal", "import", "bounce", "complaint", "unsubscribe"]
    note: str
    message_id: str | None
    delivery_id: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_as: Literal["deleted", "reactivated", "expired"] | None
    ended_by: str | None
    ended_because: str | None


class SuppressionRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Suppression request."""

    email: str
    reason: Literal[
        "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
    ] = "manual"
    stream: Literal["transactional", "broadcast"] | None = None
    note: str = ""
    expires_at: datetime | None = None
    for_clients: bool = False


class Suspension(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Suspension."""

    reason: str = ""


class Template(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template."""

    id: str
    name: str
    kind: Literal["message", "layout"]
    description: str
    undefined: Literal["lenient", "strict"]
    version: int
    latest_version: int
    live_version: int
    subject: str
    html: str | None
    text: str | None
    mjml: str | None
    layout_id: str | None
    sample_data: dict[str, Json]
    created_at: datetime
    updated_at: datetime


class TemplateChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    subject: str | msgspec.UnsetType = msgspec.UNSET
    html: str | msgspec.UnsetType | None = msgspec.UNSET
    text: str | msgspec.UnsetType | None = msgspec.UNSET
    mjml: str | msgspec.UnsetType | None = msgspec.UNSET
    layout_id: str | msgspec.UnsetType | None = msgspec.UNSET
    sample_data: dict[str, Json] | msgspec.UnsetType = msgspec.UNSET
    undefined: Literal["lenient", "strict"] | msgspec.UnsetType = msgspec.UNSET
    publish: bool | msgspec.UnsetType = msgspec.UNSET


class TemplateSummary(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template summary."""

    id: str
    name: str
    kind: Literal["message", "layout"]
    description: str
    subject: str
    latest_version: int
    live_version: int
    created_at: datetime
    updated_at: datetime


class TemplateUse(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template use."""

    id: str
    data: dict[str, Json] = {}


class TemplateVersion(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template version."""

    version: int
    subject: str
    author: str
    live: bool
    created_at: datetime


class TenantView(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tenant view."""

    id: str
    name: str
    kind: Literal["operator", "agency", "client"]
    status: Literal["active", "throttled", "suspended"]


class Tenure(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tenure."""

    pool_id: str
    pool_name: str
    tenant_id: str | None
    began_at: datetime
    ended_at: datetime | None
    sent: int
    bounced: int
    deferred: int
    complained: int
    listings: int
    burnt: bool


class TestSent(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Test sent."""

    message_id: str
    recipient: str


class TlsReport(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls report."""

    id: str
    domain_id: str
    domain: str
    reporter: str
    contact: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    succeeded: int
    failed: int


class TlsReportFailure(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls report failure."""

    result: str
    sessions: int
    mx: str
    sending_ip: str | None
    receiving_ip: str | None
    detail: str


class TlsSessions(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls sessions."""

    kind: str
    result: str
    mx: str
    sessions: int
    last_day: str


class Tracking(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tracking."""

    opens: bool = False
    clicks: bool = False


class UnsavedPreview(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Unsaved preview."""

    name: str = "Preview"
    kind: Literal["message", "layout"] = "message"
    description: str = ""
    subject: str = ""
    html: str | None = None
    text: str | None = None
    mjml: str | None = None
    layout_id: str | None = None
    sample_data: dict[str, Json] = {}
    undefined: Literal["lenient", "strict"] = "lenient"


class VersionChoice(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Version choice."""

    version: int


class WebhookChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook change."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    events: list[str] | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    status: Literal["active", "disabled"] | msgspec.UnsetType = msgspec.UNSET


class WebhookDelivery(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook delivery."""

    id: str
    event_id: str
    type: str
    message_id: str | None
    status: Literal["pending", "delivered", "failed"]
    given_up: Literal["tries", "age", "disabled", "gone"] | None
    attempts: int
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    response_excerpt: str | None
    response_ms: int | None


class WebhookHealth(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook health."""

    failures: int
    failing_since: datetime | None
    next_try_at: datetime | None
    delivered_24h: int
    failed_24h: int


class WebhookReplay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook replay."""

    id: str
    since: datetime
    until: datetime
    types: list[str]
    status: Literal["running", "done", "stopped"]
    events: int
    sent: int
    created_at: datetime
    finished_at: datetime | None


class AcceptedMessage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Accepted message."""

    id: str
    status: Literal[
        "accepted",
        "held",
        "scheduled",
        "queued",
        "deferred",
        "delivered",
        "bounced",
        "complained",
        "suppressed",
        "failed",
        "cancelled",
    ] = "accepted"
    recipients: list[AcceptedRecipient]
    sandbox: bool = False


class AccessGrantPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Access grant page."""

    data: list[AccessGrant]
    next: str | None


class ApiKeyPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Api key page."""

    data: list[ApiKey]
    next: str | None


class AppealPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Appeal page."""

    data: list[Appeal]
    next: str | None


class AuditEntry(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Audit entry."""

    id: str
    seq: int
    at: datetime
    actor: AuditActor
    on_behalf_of: str | None
    address: str
    action: str
    target: str
    changes: dict[str, AuditChange]
    hash: str


class Brand(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Brand."""

    id: str
    name: str
    accent: str
    accent_dark: str
    support: str
    logo_url: str
    host: str
    host_proven_at: datetime | None
    host_checked_at: datetime | None
    host_proof: HostProof | None


class CertificatePage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Certificate page."""

    data: list[Certificate]
    next: str | None


class Client(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Client."""

    id: str
    parent_id: str
    name: str
    slug: str
    kind: Literal["operator", "agency", "client"]
    status: Literal["active", "throttled", "suspended"]
    own_status: Literal["active", "throttled", "suspended"]
    suspended_reason: str | None
    plan_id: str | None
    limits: Limits
    brand: dict[str, str]
    closing_at: datetime | None
    created_at: datetime


class ClientChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Client change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    plan_id: str | msgspec.UnsetType | None = msgspec.UNSET
    limits: Limits | msgspec.UnsetType = msgspec.UNSET


class ComplaintPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Complaint page."""

    data: list[Complaint]
    next: str | None


class CreatedWebhook(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Created webhook."""

    id: str
    url: str
    description: str
    events: list[str]
    status: Literal["active", "disabled"]
    disabled_reason: Literal["manual", "gone", "failing"] | None
    disabled_at: datetime | None
    missed_since: datetime | None
    old_secret_until: datetime | None
    health: WebhookHealth
    created_at: datetime
    secrets: list[str]


class DkimKeys(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dkim keys."""

    mode: Literal["cname", "txt"]
    can_use_cname: bool
    rotate_days: int | None
    next_rotation_at: datetime | None
    can_rotate: bool
    keys: list[DkimKey]


class DmarcDay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc day."""

    day: str
    kind: Literal["ours", "service", "forwarded", "foreign"]
    counts: DmarcCounts


class DmarcReport(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc report."""

    id: str
    domain_id: str
    domain: str
    reporter: str
    contact: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    messages: int
    passed: int
    policy: DmarcPolicy


class DmarcReportRecord(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc report record."""

    source_ip: str
    kind: Literal["ours", "service", "forwarded", "foreign"]
    messages: int
    disposition: str
    dkim_aligned: bool
    spf_aligned: bool
    header_from: str
    envelope_from: str
    dkim: list[DmarcSignature]
    spf: str
    reasons: list[str]


class DmarcSource(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc source."""

    source_ip: str
    kind: Literal["ours", "service", "forwarded", "foreign"]
    counts: DmarcCounts
    days: int
    last_day: str
    dkim_domain: str
    spf_domain: str


class DnsProviderKind(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dns provider kind."""

    kind: Literal[
        "cloudflare",
        "ddns",
        "digitalocean",
        "gandi",
        "godaddy",
        "hetzner",
        "ovh",
        "porkbun",
        "powerdns",
    ]
    title: str
    hint: str
    fields: list[ProviderField]


class DnsProviderPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dns provider page."""

    data: list[DnsProvider]
    next: str | None


class DnsRecord(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dns record."""

    type: Literal["TXT", "MX", "CNAME", "A", "AAAA", "PTR", "SRV", "TLSA", "CAA", "DS"]
    host: str
    value: str
    purpose: Literal[
        "ownership",
        "dkim",
        "receiving",
        "spf",
        "return_path",
        "return_path_spf",
        "dmarc",
        "mail_host",
        "mta_sts",
        "mta_sts_host",
        "tls_rpt",
        "autoconfig",
        "autodiscover",
        "client_srv",
        "acme",
        "ptr",
        "tlsa",
        "dnssec",
        "caa",
        "bimi",
    ]
    importance: Literal["required", "recommended", "optional"] = "required"
    status: Literal["unchecked", "ok", "warning", "missing", "wrong", "unknown"] = (
        "unchecked"
    )
    found: list[str] = []
    explanation: str = "Not checked yet."
    servers: list[ServerAnswer] = []


class DomainCheck(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Domain check."""

    id: str
    at: datetime
    status: Literal["pending", "verified", "degraded", "failed"]
    changes: list[RecordChange]


class EffectRow(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Effect row."""

    provider: str
    rule: str
    now: Effect
    proposed: Effect


class EventPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Event page."""

    data: list[Event]
    next: str
    more: bool


class InboundContent(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Inbound content."""

    sender: list[InboundAddress]
    to: list[InboundAddress]
    cc: list[InboundAddress]
    reply_to: list[InboundAddress]
    subject: str
    date: str
    message_id: str
    text: str
    html: str
    safe_html: str
    reply: str
    headers: list[InboundHeader]
    attachments: list[InboundAttachment]
    spam: InboundSpam
    authentication: InboundAuthentication
    parse: InboundParse


class InboundRoute(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound route."""

    id: str
    name: str
    match: Match
    action: Action
    target: ForwardTarget | None
    priority: int
    enabled: bool
    created_at: datetime
    version: int


class InboundRouteChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound route change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    match: Match | msgspec.UnsetType = msgspec.UNSET
    action: Action | msgspec.UnsetType = msgspec.UNSET
    priority: int | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET


class InboundSummaryPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound summary page."""

    data: list[InboundSummary]
    next: str | None


class InvitationPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Invitation page."""

    data: list[Invitation]
    next: str | None


class IpPool(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Ip pool."""

    id: str
    name: str
    kind: Literal["shared", "dedicated", "risk"]
    stream: Literal["transactional", "broadcast"]
    is_default: bool
    tenant_id: str | None
    ips: list[PooledIp]
    created_at: datetime


class IpReputation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Ip reputation."""

    ip_id: str
    address: str
    lists: list[ListStanding]
    rates: list[Rate]
    advice: list[Advice]
    days: list[RatedDay]
    changes: list[Change]


class Listing(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Listing."""

    subject: str
    what: Literal["ip", "domain"]
    tenant_id: str | None
    standing: ListStanding


class MailboxMove(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mailbox move."""

    id: str
    batch_id: str
    tenant_id: str
    mailbox_id: str
    address: str
    source: NodeName
    target: NodeName | None
    status: Literal[
        "waiting", "copying", "final", "switched", "done", "failed", "aborted"
    ]
    passes: int
    messages: int
    size_bytes: int
    problem: str
    waits_for: str
    created_at: datetime
    began_at: datetime | None
    switched_at: datetime | None
    ended_at: datetime | None
    old_copy_until: datetime | None


class MailboxPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mailbox page."""

    data: list[Mailbox]
    next: str | None


class ManyMessages(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Many messages."""

    ids: list[str] = []
    filter: MessageFilter | None = None


class Me(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Me."""

    tenant: TenantView
    key: KeyView
    scopes: list[str]


class Measure(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Measure."""

    stream: Literal["transactional", "broadcast", "all"]
    step: Literal["none", "warned", "throttled", "risk", "paused"]
    cause: Literal[
        "bounces",
        "complaints",
        "repeated",
        "everywhere",
        "clean",
        "operator",
        "appeal_accepted",
        "exempted",
    ]
    since: datetime
    better_at: datetime | None
    figures: list[SendingRate]
    note: str


class MemberPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Member page."""

    data: list[Member]
    next: str | None


class MessageEvent(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Message event."""

    id: str
    type: str
    at: datetime
    attempt: int | None = None
    node_id: str | None = None
    queue_id: str | None = None
    source_ip: str | None = None
    relay: str | None = None
    dsn: str | None = None
    reply: str | None = None
    tls: str | None = None
    delays: Delays | None = None
    route: Route | None = None
    bounce_class: (
        Literal[
            "invalid_recipient",
            "inactive",
            "mailbox_full",
            "dns",
            "routing",
            "spam_content",
            "too_big",
            "policy",
            "reputation_blocked",
            "auth_failed",
            "rate_limited",
            "protocol",
            "network",
            "unknown",
        ]
        | None
    ) = None
    send_at: datetime | None = None
    sandbox: bool = False


class MessageSummary(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Message summary."""

    id: str
    status: Literal[
        "accepted",
        "held",
        "scheduled",
        "queued",
        "deferred",
        "delivered",
        "bounced",
        "complained",
        "suppressed",
        "failed",
        "cancelled",
    ]
    created_at: datetime
    sender: str
    subject: str
    stream: Literal["transactional", "broadcast"]
    tags: list[str]
    metadata: dict[str, str]
    sandbox: bool
    recipients: list[Recipient]


class MoveBatch(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Move batch."""

    id: str
    kind: Literal["mailbox", "domain", "tenant", "node"]
    name: str
    to: NodeName | None
    status: Literal["running", "paused", "done", "failed"]
    mailboxes: int
    arrived: int
    failed: int
    aborted: int
    under_way: int
    skipped: int
    bytes_moved: int
    bytes_per_second: int | None
    seconds_left: int | None
    created_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None


class NamedAppeal(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Named appeal."""

    id: str
    name: str
    appeal: Appeal


class NewClient(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New client."""

    name: str
    slug: str | None = None
    kind: Literal["agency", "client"] = "client"
    parent_id: str | None = None
    plan_id: str | None = None
    limits: Limits | None = None
    owner_email: str | None = None


class NewInboundRoute(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New inbound route."""

    name: str
    match: Match
    action: Action
    priority: int = 100
    enabled: bool = True


class NewMessage(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """New message."""

    sender: EmailAddress
    to: list[EmailAddress] = []
    cc: list[EmailAddress] = []
    bcc: list[EmailAddress] = []
    reply_to: list[EmailAddress] = []
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: dict[str, str] = {}
    attachments: list[NewAttachment] = []
    template: TemplateUse | None = None
    stream: Literal["transactional", "broadcast"] = "transactional"
    tags: list[str] = []
    metadata: dict[str, str] = {}
    send_at: datetime | None = None
    tracking: Tracking | None = None


class NewNode(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New node."""

    name: str
    hostname: str
    service_address: str
    roles: list[Literal["outbound", "mx", "mailbox"]]
    region: str = "default"
    ips: list[NewIp] = []


class NewPlan(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New plan."""

    name: str
    limits: PlanLimits | None = None
    over_limit: Literal["stop", "hold"] = "stop"
    overage: str = ""
    price: Price | None = None
    weight: float = 1


class NewRelay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New relay."""

    name: str
    kind: Literal["ses", "sendgrid", "mailgun", "smtp2go", "postmark", "smtp"]
    host: str = ""
    port: int | None = None
    tls: Literal["starttls", "implicit"] | None = None
    username: str = ""
    password: str
    mode: Literal["always", "fallback"] = "always"
    weight: int = 1
    scope: RelayScope | None = None
    for_all: bool = False
    events_key: str = ""


class NewRollout(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New rollout."""

    kind: Literal["shaping", "daemons", "renderer"]
    daemons: DaemonParameters | None = None
    shaping_version: int | None = None
    renderer: int | None = None
    canary: list[str] = []
    waves: list[int] = msgspec.field(default_factory=lambda: [10, 50, 100])
    waves_in: Literal["percent", "nodes"] = "percent"
    soak_seconds: int = 600
    probe_address: str | None = None
    hold_for_absent: bool = False


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Node."""

    id: str
    name: str
    hostname: str
    service_address: str
    region: str
    roles: list[Literal["outbound", "mx", "mailbox"]]
    status: Literal["enrolling", "ready", "draining", "lost", "retired"]
    generation_desired: int
    generation_applied: int
    queue: dict[str, int]
    versions: dict[str, str]
    reactions: list[NodeReaction]
    last_seen_at: datetime | None
    draining_since: datetime | None
    lost_since: datetime | None
    created_at: datetime
    ips: list[NodeIp]


class NodeQueue(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Node queue."""

    counts: dict[str, int]
    destinations: list[QueuedGroup]
    holdings: Holdings
    said_at: datetime | None


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Part."""

    start: datetime | None
    stream: str | None
    provider: str | None
    counts: Counts


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True):
    """Plan."""

    id: str
    name: str
    limits: PlanLimits
    over_limit: Literal["stop", "hold"]
    overage: str
    price: Price | None
    weight: float
    status: Literal["offered", "retired"]
    yours: bool
    tenants: int
    created_at: datetime


class PlanChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Plan change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    limits: PlanLimits | msgspec.UnsetType = msgspec.UNSET
    over_limit: Literal["stop", "hold"] | msgspec.UnsetType = msgspec.UNSET
    overage: str | msgspec.UnsetType = msgspec.UNSET
    price: Price | msgspec.UnsetType | None = msgspec.UNSET
    weight: float | msgspec.UnsetType = msgspec.UNSET


class Problem(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Problem."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    errors: list[FieldError] = []


class Publication(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Publication."""

    id: str
    domain_id: str
    connection_id: str
    status: Literal[
        "comparing",
        "compared",
        "applying",
        "applied",
        "rolling_back",
        "rolled_back",
        "incomplete",
        "failed",
    ]
    dry_run: bool
    zone: str
    steps: list[PublicationStep]
    problem: str | None
    created_at: datetime
    finished_at: datetime | None


class RelayChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Relay change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    host: str | msgspec.UnsetType = msgspec.UNSET
    port: int | msgspec.UnsetType = msgspec.UNSET
    tls: Literal["starttls", "implicit"] | msgspec.UnsetType = msgspec.UNSET
    username: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET
    mode: Literal["always", "fallback"] | msgspec.UnsetType = msgspec.UNSET
    weight: int | msgspec.UnsetType = msgspec.UNSET
    scope: RelayScope | msgspec.UnsetType = msgspec.UNSET
    status: Literal["active", "paused"] | msgspec.UnsetType = msgspec.UNSET
    events_key: str | msgspec.UnsetType = msgspec.UNSET


class RelayHealth(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Relay health."""

    failing_on: list[str] = []
    last_error: str = ""
    tests: list[RelayTest] = []


class RolloutChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout change."""

    daemons: DaemonParameters | None = None
    shaping_version: int | None = None
    renderer: int | None = None


class RolloutDiffs(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout diffs."""

    data: list[RolloutDiff]


class RolloutNode(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout node."""

    node_id: str
    name: str
    region: str
    stage: int
    state: Literal[
        "waiting", "applying", "soaking", "passed", "failed", "skipped", "rolled_back"
    ]
    reason: str
    generation: int | None
    published_at: datetime | None
    gates: list[Gate]


class Schedule(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Schedule."""

    name: str
    steps: list[Step]
    shares: dict[str, float]


class ShapingChanges(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Shaping changes."""

    classes: list[ProviderClass] = []
    rules: list[ReplyRule] = []
    without_classes: list[str] = []
    without_rules: list[str] = []


class SharedLinkPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Shared link page."""

    data: list[SharedLink]
    next: str | None


class Standing(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Standing."""

    step: int
    steps: int
    cap_today: int
    sent_today: int
    by_provider: dict[str, ClassStanding]


class StreamHealth(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Stream health."""

    stream: Literal["transactional", "broadcast"]
    rates: list[SendingRate]


class SuppressionImport(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Suppression import."""

    id: str
    status: Literal["uploading", "waiting", "running", "finished"]
    for_clients: bool
    progress: float
    lines: int
    added: int
    known: int
    failed: int
    faults: list[ImportFault]
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class SuppressionPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Suppression page."""

    data: list[Suppression]
    next: str | None


class TemplateSummaryPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template summary page."""

    data: list[TemplateSummary]
    next: str | None


class TemplateVersionPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Template version page."""

    data: list[TemplateVersion]
    next: str | None


class Tenures(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tenures."""

    data: list[Tenure]


class TestSend(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Test send."""

    sender: EmailAddress
    to: list[str]
    data: dict[str, Json] | None = None
    version: int | None = None


class TlsReportPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls report page."""

    data: list[TlsReport]
    next: str | None


class TlsReportPolicy(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls report policy."""

    kind: str
    domain: str
    mode: str
    succeeded: int
    failed: int
    failures: list[TlsReportFailure]


class TlsSummary(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls summary."""

    domain_id: str
    domain: str
    days: int
    succeeded: int
    failed: int
    sessions: list[TlsSessions]
    advice: AdviceView


class Usage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Usage."""

    resources: list[ResourceUsage]
    held: int


class Webhook(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook."""

    id: str
    url: str
    description: str
    events: list[str]
    status: Literal["active", "disabled"]
    disabled_reason: Literal["manual", "gone", "failing"] | None
    disabled_at: datetime | None
    missed_since: datetime | None
    old_secret_until: datetime | None
    health: WebhookHealth
    created_at: datetime


class WebhookDeliveryPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook delivery page."""

    data: list[WebhookDelivery]
    next: str | None


class WebhookExchange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook exchange."""

    delivery: WebhookDelivery
    request: SentRequest | None
    response: Answer | None


class WebhookReplayPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook replay page."""

    data: list[WebhookReplay]
    next: str | None


class WebhookTest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook test."""

    delivered: bool
    request: SentRequest
    response: Answer


class AuditEntryPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Audit entry page."""

    data: list[AuditEntry]
    next: str | None


class BatchItem(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Batch item."""

    id: str | None = None
    status: (
        Literal[
            "accepted",
            "held",
            "scheduled",
            "queued",
            "deferred",
            "delivered",
            "bounced",
            "complained",
            "suppressed",
            "failed",
            "cancelled",
        ]
        | None
    ) = None
    recipients: list[AcceptedRecipient] | None = None
    sandbox: bool = False
    error: Problem | None = None


class ClientPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Client page."""

    data: list[Client]
    next: str | None


class CreatedRelay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Created relay."""

    id: str
    name: str
    kind: Literal["ses", "sendgrid", "mailgun", "smtp2go", "postmark", "smtp"]
    host: str
    port: int
    tls: Literal["starttls", "implicit"]
    username: str
    mode: Literal["always", "fallback"]
    weight: int
    scope: RelayScope
    always_for: list[str]
    for_all: bool
    status: Literal["active", "paused"]
    takes_events: bool
    health: RelayHealth
    created_at: datetime
    version: int
    events_url: str


class DmarcReportDetails(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc report details."""

    id: str
    domain_id: str
    domain: str
    reporter: str
    contact: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    messages: int
    passed: int
    policy: DmarcPolicy
    records: list[DmarcReportRecord]
    record_count: int
    left_out: int
    errors: list[str]


class DmarcReportPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc report page."""

    data: list[DmarcReport]
    next: str | None


class DmarcSummary(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dmarc summary."""

    domain_id: str
    domain: str
    days: int
    totals: dict[str, DmarcCounts]
    by_day: list[DmarcDay]
    sources: list[DmarcSource]
    reporters: list[Reporter]
    advice: AdviceView


class DnsProviderKindPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Dns provider kind page."""

    data: list[DnsProviderKind]
    next: str | None


class Domain(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Domain."""

    id: str
    name: str
    display_name: str
    status: Literal["pending", "verified", "degraded", "failed"]
    records: list[DnsRecord]
    created_at: datetime
    proven_at: datetime | None
    proof_missing_since: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None


class DomainCheckPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Domain check page."""

    data: list[DomainCheck]
    next: str | None


class GivenUp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Given up."""

    node: Node
    sent_again: int


class InForce(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """In force."""

    id: str
    tenant_id: str
    name: str
    measure: Measure


class InboundExplanation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound explanation."""

    outcome: Literal["mailbox", "route", "refused"]
    why: str
    route: InboundRoute | None
    considered: list[ConsideredRoute]


class InboundMessage(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Inbound message."""

    id: str
    route_id: str
    status: Literal[
        "routed", "forwarded", "delivered", "held", "dropped", "released", "purged"
    ]
    note: str | None
    recipient: str
    sender: str
    subject: str
    received_at: datetime
    size: int
    spam_score: float | None
    envelope: InboundEnvelope
    content: InboundContent | None
    raw: str | None


class InboundRoutePage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Inbound route page."""

    data: list[InboundRoute]
    next: str | None


class IpPoolPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Ip pool page."""

    data: list[IpPool]
    next: str | None


class Listings(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Listings."""

    data: list[Listing]


class MailboxMovePage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Mailbox move page."""

    data: list[MailboxMove]
    next: str | None


class MessageSummaryPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Message summary page."""

    data: list[MessageSummary]
    next: str | None


class MoveBatchPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Move batch page."""

    data: list[MoveBatch]
    next: str | None


class NamedAppealPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Named appeal page."""

    data: list[NamedAppeal]
    next: str | None


class NewBatch(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New batch."""

    messages: list[NewMessage]


class NewShapingRules(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """New shaping rules."""

    changes: ShapingChanges
    reason: str
    at_once: bool = True


class NodePage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Node page."""

    data: list[Node]
    next: str | None


class PlanPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Plan page."""

    data: list[Plan]
    next: str | None


class PublicationPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Publication page."""

    data: list[Publication]
    next: str | None


class RecipientTimeline(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Recipient timeline."""

    email: str
    kind: Literal["to", "cc", "bcc"]
    delivery_id: str
    status: Literal[
        "accepted",
        "held",
        "scheduled",
        "queued",
        "deferred",
        "delivered",
        "bounced",
        "complained",
        "suppressed",
        "failed",
        "cancelled",
    ]
    held_for: Literal["quota", "suspension", "enforcement"] | None = None
    sandbox: bool
    events: list[MessageEvent]
    events_left_out: int = 0


class Relay(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Relay."""

    id: str
    name: str
    kind: Literal["ses", "sendgrid", "mailgun", "smtp2go", "postmark", "smtp"]
    host: str
    port: int
    tls: Literal["starttls", "implicit"]
    username: str
    mode: Literal["always", "fallback"]
    weight: int
    scope: RelayScope
    always_for: list[str]
    for_all: bool
    status: Literal["active", "paused"]
    takes_events: bool
    health: RelayHealth
    created_at: datetime
    version: int


class Rollout(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout."""

    id: str
    kind: Literal["shaping", "daemons", "renderer"]
    change: RolloutChange
    former: RolloutChange
    status: Literal[
        "running", "paused", "rolling_back", "completed", "rolled_back", "aborted"
    ]
    cause: str | None
    stage: int
    stages: int
    waves: list[int]
    waves_in: Literal["percent", "nodes"]
    soak_seconds: int
    probe_address: str | None
    hold_for_absent: bool
    author: str
    started_at: datetime
    ended_at: datetime | None
    nodes: list[RolloutNode]


class RolloutLine(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout line."""

    id: str
    kind: Literal["shaping", "daemons", "renderer"]
    change: RolloutChange
    status: Literal[
        "running", "paused", "rolling_back", "completed", "rolled_back", "aborted"
    ]
    cause: str | None
    stage: int
    stages: int
    nodes_by_state: dict[str, int]
    author: str
    started_at: datetime
    ended_at: datetime | None


class Schedules(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Schedules."""

    presets: dict[str, Schedule]


class SendingHealth(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Sending health."""

    streams: list[StreamHealth]
    measures: list[Measure]
    messages_hour: int | None
    messages_day: int | None
    exempt_until: datetime | None
    appeal: Appeal | None


class SendingIp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Sending ip."""

    id: str
    address: str
    node_id: str
    pool_id: str
    stream: Literal["transactional", "broadcast"]
    hostname: str
    status: Literal[
        "provisioning", "warming", "active", "draining", "quarantined", "released"
    ]
    status_since: datetime
    reason: str
    weight: int
    standby: bool
    cooling_until: datetime | None
    findings: list[Finding]
    checked_at: datetime | None
    warmup: Standing | None
    created_at: datetime


class ShapingRules(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Shaping rules."""

    version: int
    changes: ShapingChanges
    classes: list[ProviderClass]
    rules: list[ReplyRule]


class ShapingVersion(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Shaping version."""

    id: str
    version: int
    changes: ShapingChanges
    reason: str
    author: str
    created_at: datetime


class Stats(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Stats."""

    data: list[Part]


class SuppressionImportPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Suppression import page."""

    data: list[SuppressionImport]
    next: str | None


class TlsReportDetails(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tls report details."""

    id: str
    domain_id: str
    domain: str
    reporter: str
    contact: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    succeeded: int
    failed: int
    policies: list[TlsReportPolicy]


class Warmup(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Warmup."""

    id: str
    address: str
    node_id: str
    status: Literal["running", "held", "finished"]
    why: str
    schedule: Schedule
    started_at: datetime
    finished_at: datetime | None
    standing: Standing


class WarmupChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Warmup change."""

    preset: Literal["steady", "hourly", "even", "steep"] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )
    schedule: Schedule | msgspec.UnsetType | None = msgspec.UNSET


class WebhookPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Webhook page."""

    data: list[Webhook]
    next: str | None


class WhatIf(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """What if."""

    changes: ShapingChanges
    since: datetime | None = None
    until: datetime | None = None


class WhatIfResult(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """What if result."""

    since: datetime
    until: datetime
    attempts: int
    complete: bool
    rows: list[EffectRow]
    slices: list[Slice]


class BatchResult(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Batch result."""

    results: list[BatchItem]


class DomainPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Domain page."""

    data: list[Domain]
    next: str | None


class InForcePage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """In force page."""

    data: list[InForce]
    next: str | None


class Message(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    weakref=True,
    rename={"sender": "from"},
):
    """Message."""

    id: str
    status: Literal[
        "accepted",
        "held",
        "scheduled",
        "queued",
        "deferred",
        "delivered",
        "bounced",
        "complained",
        "suppressed",
        "failed",
        "cancelled",
    ]
    created_at: datetime
    sender: str
    subject: str
    stream: Literal["transactional", "broadcast"]
    tags: list[str]
    metadata: dict[str, str]
    sandbox: bool
    recipients: list[RecipientTimeline]
    send_at: datetime | None = None


class RelayPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Relay page."""

    data: list[Relay]
    next: str | None


class RolloutLinePage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Rollout line page."""

    data: list[RolloutLine]
    next: str | None


class SendingIpPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Sending ip page."""

    data: list[SendingIp]
    next: str | None


class ShapingVersionPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Shaping version page."""

    data: list[ShapingVersion]
    next: str | None


class TenantMeasures(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Tenant measures."""

    tenant_id: str
    name: str
    health: SendingHealth
    history: list[MeasureChange]


class WarmupPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True
):
    """Warmup page."""

    data: list[Warmup]
    next: str | None
