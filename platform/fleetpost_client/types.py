"""What the API takes and gives.

Made by `scripts/client` from the API's description: not to be edited.
"""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

Json: TypeAlias = object


class AcceptedRecipient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class AccessGrant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Access grant."""

    tenant_id: str
    name: str
    kind: Literal["operator", "agency", "client"]
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]
    created_at: datetime


class AccessGrantChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Access grant change."""

    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class Advice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Advice."""

    action: Literal["watch", "quarantine"]
    what: Literal["bounces", "complaints"]
    rate: float
    provider: str


class AdviceView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Advice view."""

    step: Literal["wait", "fix", "tighten", "done"]
    explanation: str
    record: str | None = None


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Api key."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    allowed_domains: list[str]
    allowed_networks: list[str]
    requests_per_minute: int | None
    replaced_by: str | None
    last_used_at: datetime | None
    last_used_address: str | None


class ApiKeyChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Api key change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    allowed_domains: list[str] | msgspec.UnsetType = msgspec.UNSET
    allowed_networks: list[str] | msgspec.UnsetType = msgspec.UNSET
    requests_per_minute: int | msgspec.UnsetType | None = msgspec.UNSET


class AskedDelisting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Asked delisting."""

    blocklist: str


class AuditActor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Audit actor."""

    kind: Literal["user", "key", "system"]
    id: str
    name: str
    tenant_id: str | None


class AuditChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Audit change."""

    before: Json
    after: Json


class AuditHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Audit head."""

    seq: int
    hash: str


class Because(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Because."""

    reason: str


class BrandChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Brand change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    accent: str | msgspec.UnsetType = msgspec.UNSET
    accent_dark: str | msgspec.UnsetType = msgspec.UNSET
    support: str | msgspec.UnsetType = msgspec.UNSET
    host: str | msgspec.UnsetType = msgspec.UNSET


class Certificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Change."""

    at: datetime
    blocklist: str
    title: str
    state: Literal["clean", "suspected", "listed", "unknown"]
    why: str


class ChangedDnsProvider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Changed dns provider."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    credentials: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    domain_id: str | msgspec.UnsetType | None = msgspec.UNSET


class ClassStanding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Class standing."""

    step: int
    cap_today: int
    cap_hour: int
    sent_today: int
    verdict: Literal["begin", "climb", "wait", "hold", "step_back", "done"]
    why: str


class Complaint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class CoolDownChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Cool down change."""

    until: datetime
    reason: str


class Counts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class CreatedApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Created api key."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    allowed_domains: list[str]
    allowed_networks: list[str]
    requests_per_minute: int | None
    replaced_by: str | None
    last_used_at: datetime | None
    last_used_address: str | None
    secret: str


class CreatedSharedLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Created shared link."""

    id: str
    domain_id: str
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime
    url: str


class CreatedWebhook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Created webhook."""

    id: str
    url: str
    events: list[str]
    status: Literal["active", "disabled"]
    created_at: datetime
    secrets: list[str]


class Decisions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Decisions."""

    replace: list[str] = []
    leave_out: list[str] = []


class Delays(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Delays."""

    before_queue_s: float
    in_queue_s: float
    connect_s: float
    transmit_s: float


class DkimChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dkim change."""

    mode: Literal["cname", "txt"] | msgspec.UnsetType = msgspec.UNSET
    rotate_days: int | msgspec.UnsetType | None = msgspec.UNSET


class DkimKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DmarcCounts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dmarc counts."""

    messages: int = 0
    passed: int = 0
    dkim_aligned: int = 0
    spf_aligned: int = 0
    quarantined: int = 0
    rejected: int = 0


class DmarcPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dmarc policy."""

    domain: str
    policy: str
    subdomains: str
    percent: int
    dkim_alignment: str
    spf_alignment: str


class DmarcSignature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dmarc signature."""

    domain: str
    selector: str


class DnsProvider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DomainRelay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Domain relay."""

    domain_id: str
    domain: str
    relay_id: str | None


class DomainSwitch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Domain switch."""

    relay_id: str | None


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Effect."""

    fired: int = 0
    suspended: int = 0
    slowed: int = 0
    bounced: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class EmailAddress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Email address."""

    email: str
    name: str = ""


class EnrolmentToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Enrolment token."""

    node_id: str
    token: str
    expires_at: datetime


class EventsAddress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Events address."""

    relay_id: str
    events_url: str


class FieldError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Field error."""

    path: str
    message: str


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Finding."""

    what: Literal["ptr", "forward", "bound"]
    status: Literal["ok", "missing", "wrong", "unknown"]
    text: str


class GivingUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Giving up."""

    confirm: str
    send_again: bool = False


class Health(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Health."""

    database: Literal["ok", "unreachable"]
    valkey: Literal["ok", "unreachable"]


class Holdings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Holdings."""

    mailboxes: int = 0
    taken: int = 0
    queued: int = 0
    waiting_events: int = 0
    waiting_mails: int = 0


class HostProof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Host proof."""

    txt_host: str
    txt_value: str
    cname_target: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Invitation."""

    id: str
    email: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime


class KeyRotation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Key rotation."""

    overlap_seconds: int = 86400


class KeyView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Key view."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime | None


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits."""

    messages_month: int | None = None
    messages_day: int | None = None
    messages_hour: int | None = None
    domains: int | None = None
    mailboxes: int | None = None
    storage_bytes: int | None = None
    contacts: int | None = None
    dedicated_ips: int | None = None


class ListStanding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Mailbox(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Mailbox."""

    id: str
    address: str
    name: str
    quota_bytes: int
    used_bytes: int | None
    status: Literal["active", "suspended"]
    created_at: datetime
    version: int


class MailboxChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Mailbox change."""

    password: str | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    quota_bytes: int | msgspec.UnsetType = msgspec.UNSET
    status: Literal["active", "suspended"] | msgspec.UnsetType = msgspec.UNSET


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Member."""

    id: str
    email: str
    name: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]
    joined_at: datetime


class MemberChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Member change."""

    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class Move(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Move."""

    parent_id: str


class MtaSts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Mta sts."""

    mode: Literal["testing", "enforce", "none"]
    max_age_seconds: int
    mx: list[str]
    policy_id: str
    policy_url: str
    advice: str


class MtaStsChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Mta sts change."""

    mode: Literal["testing", "enforce", "none"] | msgspec.UnsetType = msgspec.UNSET
    max_age_seconds: int | msgspec.UnsetType = msgspec.UNSET


class NewAccessGrant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New access grant."""

    tenant_id: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New api key."""

    name: str
    scopes: list[str]
    expires_at: datetime | None = None
    allowed_domains: list[str] = []
    allowed_networks: list[str] = []
    requests_per_minute: int | None = None


class NewAttachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New attachment."""

    filename: str
    content_type: str
    content: str
    content_id: str | None = None


class NewCertificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New certificate."""

    names: list[str] = []
    chain: str | None = None
    private_key: str | None = None


class NewDnsProvider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class NewDomain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New domain."""

    name: str | None = None
    platform_label: str | None = None


class NewEnrolmentToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New enrolment token."""

    node_id: str


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New invitation."""

    email: str
    role: Literal["owner", "admin", "developer", "marketer", "support", "billing"]


class NewIp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New ip."""

    address: str
    stream: Literal["transactional", "broadcast"]
    hostname: str
    status: Literal["provisioning", "active"] = "active"


class NewMailbox(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New mailbox."""

    address: str
    password: str
    name: str = ""
    quota_bytes: int = 0


class NewPool(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New pool."""

    name: str
    stream: Literal["transactional", "broadcast"]
    tenant_id: str | None = None


class NewPublication(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New publication."""

    connection_id: str
    dry_run: bool = True


class NewSendingIp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New sending ip."""

    address: str
    node_id: str
    pool_id: str
    hostname: str
    weight: int = 1
    standby: bool = False


class NewSharedLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New shared link."""

    email: str | None = None


class NewWebhook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New webhook."""

    url: str
    events: list[str] = msgspec.field(default_factory=lambda: ["*"])


class NodeChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Node change."""

    hostname: str | msgspec.UnsetType = msgspec.UNSET
    service_address: str | msgspec.UnsetType = msgspec.UNSET
    roles: list[Literal["outbound", "mx", "mailbox"]] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    region: str | msgspec.UnsetType = msgspec.UNSET


class NodeIp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Node ip."""

    id: str
    address: str
    hostname: str
    pool_id: str
    status: str


class NodeReaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Node reaction."""

    ip_id: str
    provider: str
    rule: str
    action: str
    until: datetime


class OwnCertificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Own certificate."""

    chain: str
    private_key: str


class PlanLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Plan limits."""

    messages_month: int | None = None
    messages_day: int | None = None
    messages_hour: int | None = None
    domains: int | None = None
    mailboxes: int | None = None
    storage_bytes: int | None = None
    contacts: int | None = None
    dedicated_ips: int | None = None


class PoolChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pool change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    is_default: bool | msgspec.UnsetType = msgspec.UNSET


class PooledIp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pooled ip."""

    id: str
    address: str
    hostname: str
    status: Literal[
        "provisioning", "warming", "active", "draining", "quarantined", "released"
    ]
    standby: bool


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Price."""

    amount_minor: int
    currency: str


class ProviderClass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Provider class."""

    name: str
    mx_suffixes: list[str] = []
    domains: list[str] = []
    connections: int = 10
    messages_per_connection: int = 100
    per_minute: float | None = None
    tls: Literal["may", "encrypt"] = "may"


class ProviderField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Provider field."""

    name: str
    label: str
    secret: bool
    required: bool
    choices: list[str]


class PublicationStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class QueuedGroup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Queued group."""

    domain: str
    provider: str
    by_age: list[Json]
    total: int


class Rate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class RatedDay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rated day."""

    day: str
    delivered: int
    deferred: int
    bounced: int
    complained: int


class Recipient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class RecordChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class RelayScope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Relay scope."""

    domains: list[str] = []
    streams: list[Literal["transactional", "broadcast"]] = []
    destinations: list[str] = []


class RelayTest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Relay test."""

    node_id: str
    asked_at: datetime
    problem: str


class Release(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Release."""

    even_undrained: bool = False
    reason: str = ""


class ReplyRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Reporter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Reporter."""

    reporter: str
    reports: int
    messages: int
    last_at: datetime


class ResourceUsage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Resource usage."""

    resource: Literal[
        "messages_hour",
        "messages_day",
        "messages_month",
        "messages_held",
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


class Retirement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Retirement."""

    confirm: str | None = None


class Revocation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Revocation."""

    reason: Literal["key_compromise", "superseded", "cessation_of_operation"]


class Rotation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rotation."""

    compromised: bool = False


class Route(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Route."""

    pool_id: str | None = None
    provider: str | None = None
    rule: str | None = None
    warmup_step: int | None = None
    generation: int = 0
    ip_id: str | None = None
    relay_id: str | None = None
    why: str | None = None


class SendingIpChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Sending ip change."""

    hostname: str | msgspec.UnsetType = msgspec.UNSET
    weight: int | msgspec.UnsetType = msgspec.UNSET
    standby: bool | msgspec.UnsetType = msgspec.UNSET
    pool_id: str | msgspec.UnsetType = msgspec.UNSET


class ServerAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Server answer."""

    server: str
    found: list[str] = []
    problem: str | None = None


class SharedLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shared link."""

    id: str
    domain_id: str
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime


class Slice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Slice."""

    start: datetime
    attempts: int
    held_now: int
    held_proposed: int


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Step."""

    per_day: int
    per_hour: int


class StepBack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Step back."""

    provider: str | None = None


class Suspension(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Suspension."""

    reason: str = ""


class TemplateUse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Template use."""

    id: str
    data: dict[str, Json] = {}


class TenantView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tenant view."""

    id: str
    name: str
    kind: Literal["operator", "agency", "client"]
    status: Literal["active", "throttled", "suspended"]


class Tenure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class TlsReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class TlsReportFailure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tls report failure."""

    result: str
    sessions: int
    mx: str
    sending_ip: str | None
    receiving_ip: str | None
    detail: str


class TlsSessions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tls sessions."""

    kind: str
    result: str
    mx: str
    sessions: int
    last_day: str


class Tracking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tracking."""

    opens: bool = False
    clicks: bool = False


class Webhook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Webhook."""

    id: str
    url: str
    events: list[str]
    status: Literal["active", "disabled"]
    created_at: datetime


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Webhook delivery."""

    id: str
    event_id: str
    status: Literal["pending", "delivered", "failed"]
    attempts: int
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    response_excerpt: str | None


class AcceptedMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class AccessGrantPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Access grant page."""

    data: list[AccessGrant]
    next: str | None


class ApiKeyPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Api key page."""

    data: list[ApiKey]
    next: str | None


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Brand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class CertificatePage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Certificate page."""

    data: list[Certificate]
    next: str | None


class Client(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class ClientChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Client change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    plan_id: str | msgspec.UnsetType | None = msgspec.UNSET
    limits: Limits | msgspec.UnsetType = msgspec.UNSET


class ComplaintPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Complaint page."""

    data: list[Complaint]
    next: str | None


class DkimKeys(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dkim keys."""

    mode: Literal["cname", "txt"]
    can_use_cname: bool
    rotate_days: int | None
    next_rotation_at: datetime | None
    can_rotate: bool
    keys: list[DkimKey]


class DmarcDay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dmarc day."""

    day: str
    kind: Literal["ours", "service", "forwarded", "foreign"]
    counts: DmarcCounts


class DmarcReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DmarcReportRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DmarcSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dmarc source."""

    source_ip: str
    kind: Literal["ours", "service", "forwarded", "foreign"]
    counts: DmarcCounts
    days: int
    last_day: str
    dkim_domain: str
    spf_domain: str


class DnsProviderKind(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DnsProviderPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dns provider page."""

    data: list[DnsProvider]
    next: str | None


class DnsRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DomainCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Domain check."""

    id: str
    at: datetime
    status: Literal["pending", "verified", "degraded", "failed"]
    changes: list[RecordChange]


class EffectRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Effect row."""

    provider: str
    rule: str
    now: Effect
    proposed: Effect


class InvitationPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Invitation page."""

    data: list[Invitation]
    next: str | None


class IpPool(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Ip pool."""

    id: str
    name: str
    kind: Literal["shared", "dedicated"]
    stream: Literal["transactional", "broadcast"]
    is_default: bool
    tenant_id: str | None
    ips: list[PooledIp]
    created_at: datetime


class IpReputation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Ip reputation."""

    ip_id: str
    address: str
    lists: list[ListStanding]
    rates: list[Rate]
    advice: list[Advice]
    days: list[RatedDay]
    changes: list[Change]


class Listing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Listing."""

    subject: str
    what: Literal["ip", "domain"]
    tenant_id: str | None
    standing: ListStanding


class MailboxPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Mailbox page."""

    data: list[Mailbox]
    next: str | None


class Me(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Me."""

    tenant: TenantView
    key: KeyView
    scopes: list[str]


class MemberPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Member page."""

    data: list[Member]
    next: str | None


class MessageEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class MessageSummary(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
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
    recipients: list[Recipient]


class NewClient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New client."""

    name: str
    slug: str | None = None
    kind: Literal["agency", "client"] = "client"
    parent_id: str | None = None
    plan_id: str | None = None
    limits: Limits | None = None
    owner_email: str | None = None


class NewMessage(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
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


class NewNode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New node."""

    name: str
    hostname: str
    service_address: str
    roles: list[Literal["outbound", "mx", "mailbox"]]
    region: str = "default"
    ips: list[NewIp] = []


class NewPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New plan."""

    name: str
    limits: PlanLimits | None = None
    over_limit: Literal["stop", "hold"] = "stop"
    overage: str = ""
    price: Price | None = None


class NewRelay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class NodeQueue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Node queue."""

    counts: dict[str, int]
    destinations: list[QueuedGroup]
    holdings: Holdings
    said_at: datetime | None


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Part."""

    start: datetime
    stream: str
    provider: str
    counts: Counts


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Plan."""

    id: str
    name: str
    limits: PlanLimits
    over_limit: Literal["stop", "hold"]
    overage: str
    price: Price | None
    status: Literal["offered", "retired"]
    yours: bool
    tenants: int
    created_at: datetime


class PlanChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Plan change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    limits: PlanLimits | msgspec.UnsetType = msgspec.UNSET
    over_limit: Literal["stop", "hold"] | msgspec.UnsetType = msgspec.UNSET
    overage: str | msgspec.UnsetType = msgspec.UNSET
    price: Price | msgspec.UnsetType | None = msgspec.UNSET


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    errors: list[FieldError] = []


class Publication(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class RelayChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class RelayHealth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Relay health."""

    failing_on: list[str] = []
    last_error: str = ""
    tests: list[RelayTest] = []


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Schedule."""

    name: str
    steps: list[Step]
    shares: dict[str, float]


class ShapingChanges(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shaping changes."""

    classes: list[ProviderClass] = []
    rules: list[ReplyRule] = []
    without_classes: list[str] = []
    without_rules: list[str] = []


class SharedLinkPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shared link page."""

    data: list[SharedLink]
    next: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Standing."""

    step: int
    steps: int
    cap_today: int
    sent_today: int
    by_provider: dict[str, ClassStanding]


class Tenures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tenures."""

    data: list[Tenure]


class TlsReportPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tls report page."""

    data: list[TlsReport]
    next: str | None


class TlsReportPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tls report policy."""

    kind: str
    domain: str
    mode: str
    succeeded: int
    failed: int
    failures: list[TlsReportFailure]


class TlsSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tls summary."""

    domain_id: str
    domain: str
    days: int
    succeeded: int
    failed: int
    sessions: list[TlsSessions]
    advice: AdviceView


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Usage."""

    resources: list[ResourceUsage]
    held: int


class WebhookDeliveryPage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True
):
    """Webhook delivery page."""

    data: list[WebhookDelivery]
    next: str | None


class WebhookPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Webhook page."""

    data: list[Webhook]
    next: str | None


class AuditEntryPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Audit entry page."""

    data: list[AuditEntry]
    next: str | None


class BatchItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    error: Problem | None = None


class ClientPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Client page."""

    data: list[Client]
    next: str | None


class CreatedRelay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DmarcReportDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DmarcReportPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dmarc report page."""

    data: list[DmarcReport]
    next: str | None


class DmarcSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True
):
    """Dns provider kind page."""

    data: list[DnsProviderKind]
    next: str | None


class Domain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DomainCheckPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Domain check page."""

    data: list[DomainCheck]
    next: str | None


class GivenUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Given up."""

    node: Node
    sent_again: int


class IpPoolPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Ip pool page."""

    data: list[IpPool]
    next: str | None


class Listings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Listings."""

    data: list[Listing]


class MessageSummaryPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Message summary page."""

    data: list[MessageSummary]
    next: str | None


class NewBatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New batch."""

    messages: list[NewMessage]


class NewShapingRules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New shaping rules."""

    changes: ShapingChanges
    reason: str


class NodePage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Node page."""

    data: list[Node]
    next: str | None


class PlanPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Plan page."""

    data: list[Plan]
    next: str | None


class PublicationPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Publication page."""

    data: list[Publication]
    next: str | None


class RecipientTimeline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    events: list[MessageEvent]


class Relay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Schedules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Schedules."""

    presets: dict[str, Schedule]


class SendingIp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class ShapingRules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shaping rules."""

    version: int
    changes: ShapingChanges
    classes: list[ProviderClass]
    rules: list[ReplyRule]


class ShapingVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shaping version."""

    id: str
    version: int
    changes: ShapingChanges
    reason: str
    author: str
    created_at: datetime


class Stats(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Stats."""

    data: list[Part]


class TlsReportDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Warmup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class WarmupChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Warmup change."""

    preset: Literal["steady", "hourly", "even", "steep"] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )
    schedule: Schedule | msgspec.UnsetType | None = msgspec.UNSET


class WhatIf(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What if."""

    changes: ShapingChanges
    since: datetime | None = None
    until: datetime | None = None


class WhatIfResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What if result."""

    since: datetime
    until: datetime
    attempts: int
    complete: bool
    rows: list[EffectRow]
    slices: list[Slice]


class BatchResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Batch result."""

    results: list[BatchItem]


class DomainPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Domain page."""

    data: list[Domain]
    next: str | None


class Message(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
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
    recipients: list[RecipientTimeline]


class RelayPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Relay page."""

    data: list[Relay]
    next: str | None


class SendingIpPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Sending ip page."""

    data: list[SendingIp]
    next: str | None


class ShapingVersionPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shaping version page."""

    data: list[ShapingVersion]
    next: str | None


class WarmupPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Warmup page."""

    data: list[Warmup]
    next: str | None
