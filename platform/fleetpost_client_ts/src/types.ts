/* What the API takes and gives.

Made by `scripts/client` from the API's description: not to be edited. */

/** Accepted message. */
export interface AcceptedMessage {
  id: string;
  /** By default "accepted". */
  status?: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
  recipients: Array<AcceptedRecipient>;
  /** By default false. */
  sandbox?: boolean;
}

/** Accepted recipient. */
export interface AcceptedRecipient {
  email: string;
  delivery_id: string;
  /** By default "accepted". */
  status?: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
}

/** Access grant. */
export interface AccessGrant {
  tenant_id: string;
  name: string;
  kind: "operator" | "agency" | "client";
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
  /** RFC 3339. */
  created_at: string;
}

/** Access grant change. */
export interface AccessGrantChange {
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
}

/** Access grant page. */
export interface AccessGrantPage {
  data: Array<AccessGrant>;
  next: string | null;
}

/** Action. */
export interface Action {
  type: "webhook" | "mailbox" | "forward" | "drop" | "hold";
  webhook_id?: string | null;
  mailbox?: string | null;
  to?: string | null;
}

/** Advice. */
export interface Advice {
  action: "watch" | "quarantine";
  what: "bounces" | "complaints";
  rate: number;
  provider: string;
}

/** Advice view. */
export interface AdviceView {
  step: "wait" | "fix" | "tighten" | "done";
  explanation: string;
  record?: string | null;
}

/** Answer. */
export interface Answer {
  status: number | null;
  headers: Record<string, string>;
  excerpt: string;
  ms: number;
}

/** Api key. */
export interface ApiKey {
  id: string;
  name: string;
  scopes: Array<string>;
  mode: "live" | "test";
  /** RFC 3339. */
  created_at: string;
  created_by: string;
  /** RFC 3339. */
  expires_at: string | null;
  allowed_domains: Array<string>;
  allowed_networks: Array<string>;
  requests_per_minute: number | null;
  smtp: boolean;
  replaced_by: string | null;
  /** RFC 3339. */
  last_used_at: string | null;
  last_used_address: string | null;
}

/** Api key change. */
export interface ApiKeyChange {
  name?: string;
  /** RFC 3339. */
  expires_at?: string | null;
  allowed_domains?: Array<string>;
  allowed_networks?: Array<string>;
  requests_per_minute?: number | null;
  smtp?: boolean;
}

/** Api key page. */
export interface ApiKeyPage {
  data: Array<ApiKey>;
  next: string | null;
}

/** Appeal. */
export interface Appeal {
  id: string;
  tenant_id: string;
  status: "open" | "accepted" | "declined";
  cause: string;
  changed: string;
  answer: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  answered_at: string | null;
}

/** Appeal answer. */
export interface AppealAnswer {
  accept: boolean;
  answer: string;
}

/** Appeal page. */
export interface AppealPage {
  data: Array<Appeal>;
  next: string | null;
}

/** Asked delisting. */
export interface AskedDelisting {
  blocklist: string;
}

/** Audit actor. */
export interface AuditActor {
  kind: "user" | "key" | "system";
  id: string;
  name: string;
  tenant_id: string | null;
}

/** Audit change. */
export interface AuditChange {
  before: unknown;
  after: unknown;
}

/** Audit entry. */
export interface AuditEntry {
  id: string;
  seq: number;
  /** RFC 3339. */
  at: string;
  actor: AuditActor;
  on_behalf_of: string | null;
  address: string;
  action: string;
  target: string;
  changes: Record<string, AuditChange>;
  hash: string;
}

/** Audit entry page. */
export interface AuditEntryPage {
  data: Array<AuditEntry>;
  next: string | null;
}

/** Audit head. */
export interface AuditHead {
  seq: number;
  hash: string;
}

/** Batch item. */
export interface BatchItem {
  id?: string | null;
  status?: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled" | null;
  recipients?: Array<AcceptedRecipient> | null;
  /** By default false. */
  sandbox?: boolean;
  error?: Problem | null;
}

/** Batch result. */
export interface BatchResult {
  results: Array<BatchItem>;
}

/** Because. */
export interface Because {
  reason: string;
}

/** Brand. */
export interface Brand {
  id: string;
  name: string;
  accent: string;
  accent_dark: string;
  support: string;
  logo_url: string;
  host: string;
  /** RFC 3339. */
  host_proven_at: string | null;
  /** RFC 3339. */
  host_checked_at: string | null;
  host_proof: HostProof | null;
}

/** Brand change. */
export interface BrandChange {
  name?: string;
  accent?: string;
  accent_dark?: string;
  support?: string;
  host?: string;
}

/** Bulk act. */
export interface BulkAct {
  id: string;
  act: "cancel" | "release";
  status: "running" | "done";
  matched: number;
  done: number;
  kept: number;
  refused: number;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  finished_at: string | null;
}

/** Bulk deleted. */
export interface BulkDeleted {
  deleted: number;
  not_found: Array<string>;
}

/** Bulk deletion. */
export interface BulkDeletion {
  emails?: Array<string>;
  ids?: Array<string>;
  reason: string;
}

/** Certificate. */
export interface Certificate {
  id: string;
  names: Array<string>;
  source: "acme" | "upload";
  status: "pending" | "issued" | "failed" | "revoked" | "superseded";
  issuer: string;
  key_type: string;
  fingerprint: string;
  /** RFC 3339. */
  not_before: string | null;
  /** RFC 3339. */
  not_after: string | null;
  /** RFC 3339. */
  renew_at: string | null;
  renewal_window: Array<unknown> | null;
  attempts: number;
  problem: string | null;
  /** RFC 3339. */
  next_attempt_at: string | null;
  /** RFC 3339. */
  created_at: string;
}

/** Certificate page. */
export interface CertificatePage {
  data: Array<Certificate>;
  next: string | null;
}

/** Change. */
export interface Change {
  /** RFC 3339. */
  at: string;
  blocklist: string;
  title: string;
  state: "clean" | "suspected" | "listed" | "unknown";
  why: string;
}

/** Changed dns provider. */
export interface ChangedDnsProvider {
  name?: string;
  credentials?: Record<string, string>;
  domain_id?: string | null;
}

/** Class standing. */
export interface ClassStanding {
  step: number;
  cap_today: number;
  cap_hour: number;
  sent_today: number;
  verdict: "begin" | "climb" | "wait" | "hold" | "step_back" | "done";
  why: string;
}

/** Client. */
export interface Client {
  id: string;
  parent_id: string;
  name: string;
  slug: string;
  kind: "operator" | "agency" | "client";
  status: "active" | "throttled" | "suspended";
  own_status: "active" | "throttled" | "suspended";
  suspended_reason: string | null;
  plan_id: string | null;
  limits: Limits;
  brand: Record<string, string>;
  /** RFC 3339. */
  closing_at: string | null;
  /** RFC 3339. */
  created_at: string;
}

/** Client change. */
export interface ClientChange {
  name?: string;
  plan_id?: string | null;
  limits?: Limits;
}

/** Client page. */
export interface ClientPage {
  data: Array<Client>;
  next: string | null;
}

/** Clone request. */
export interface CloneRequest {
  name?: string | null;
}

/** Complaint. */
export interface Complaint {
  id: string;
  domain_id: string;
  domain: string;
  kind: string;
  reporter: string;
  recipient: string;
  message_id: string | null;
  delivery_id: string | null;
  /** RFC 3339. */
  received_at: string;
}

/** Complaint page. */
export interface ComplaintPage {
  data: Array<Complaint>;
  next: string | null;
}

/** Considered route. */
export interface ConsideredRoute {
  route_id: string;
  name: string;
  fits: boolean;
  why: string;
}

/** Content retention. */
export interface ContentRetention {
  content_days: number;
}

/** Cool down change. */
export interface CoolDownChange {
  /** RFC 3339. */
  until: string;
  reason: string;
}

/** Counts. */
export interface Counts {
  /** By default 0. */
  deliveries?: number;
  /** By default 0. */
  held?: number;
  /** By default 0. */
  deferred?: number;
  /** By default 0. */
  delivered?: number;
  /** By default 0. */
  bounced?: number;
  /** By default 0. */
  complained?: number;
  /** By default 0. */
  suppressed?: number;
  /** By default 0. */
  failed?: number;
  /** By default 0. */
  cancelled?: number;
}

/** Created api key. */
export interface CreatedApiKey {
  id: string;
  name: string;
  scopes: Array<string>;
  mode: "live" | "test";
  /** RFC 3339. */
  created_at: string;
  created_by: string;
  /** RFC 3339. */
  expires_at: string | null;
  allowed_domains: Array<string>;
  allowed_networks: Array<string>;
  requests_per_minute: number | null;
  smtp: boolean;
  replaced_by: string | null;
  /** RFC 3339. */
  last_used_at: string | null;
  last_used_address: string | null;
  secret: string;
}

/** Created relay. */
export interface CreatedRelay {
  id: string;
  name: string;
  kind: "ses" | "sendgrid" | "mailgun" | "smtp2go" | "postmark" | "smtp";
  host: string;
  port: number;
  tls: "starttls" | "implicit";
  username: string;
  mode: "always" | "fallback";
  weight: number;
  scope: RelayScope;
  always_for: Array<string>;
  for_all: boolean;
  status: "active" | "paused";
  takes_events: boolean;
  health: RelayHealth;
  /** RFC 3339. */
  created_at: string;
  version: number;
  events_url: string;
}

/** Created shared link. */
export interface CreatedSharedLink {
  id: string;
  domain_id: string;
  mailed_to: string | null;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  expires_at: string;
  url: string;
}

/** Created webhook. */
export interface CreatedWebhook {
  id: string;
  url: string;
  description: string;
  events: Array<string>;
  status: "active" | "disabled";
  disabled_reason: "manual" | "gone" | "failing" | null;
  /** RFC 3339. */
  disabled_at: string | null;
  /** RFC 3339. */
  missed_since: string | null;
  /** RFC 3339. */
  old_secret_until: string | null;
  health: WebhookHealth;
  /** RFC 3339. */
  created_at: string;
  secrets: Array<string>;
}

/** Daemon parameters. */
export interface DaemonParameters {
  postfix?: Record<string, string>;
  dovecot?: Record<string, string>;
  rspamd?: Record<string, string>;
}

/** Decisions. */
export interface Decisions {
  replace?: Array<string>;
  leave_out?: Array<string>;
}

/** Delays. */
export interface Delays {
  before_queue_s: number;
  in_queue_s: number;
  connect_s: number;
  transmit_s: number;
}

/** Dkim change. */
export interface DkimChange {
  mode?: "cname" | "txt";
  rotate_days?: number | null;
}

/** Dkim key. */
export interface DkimKey {
  selector: string;
  algorithm: "rsa" | "ed25519";
  status: "pending" | "active" | "retiring" | "retired";
  public_key: string;
  host: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  seen_at: string | null;
  /** RFC 3339. */
  activated_at: string | null;
  /** RFC 3339. */
  retiring_at: string | null;
  /** RFC 3339. */
  record_until: string | null;
  /** RFC 3339. */
  retired_at: string | null;
  /** RFC 3339. */
  compromised_at: string | null;
}

/** Dkim keys. */
export interface DkimKeys {
  mode: "cname" | "txt";
  can_use_cname: boolean;
  rotate_days: number | null;
  /** RFC 3339. */
  next_rotation_at: string | null;
  can_rotate: boolean;
  keys: Array<DkimKey>;
}

/** Dmarc counts. */
export interface DmarcCounts {
  /** By default 0. */
  messages?: number;
  /** By default 0. */
  passed?: number;
  /** By default 0. */
  dkim_aligned?: number;
  /** By default 0. */
  spf_aligned?: number;
  /** By default 0. */
  quarantined?: number;
  /** By default 0. */
  rejected?: number;
}

/** Dmarc day. */
export interface DmarcDay {
  day: string;
  kind: "ours" | "service" | "forwarded" | "foreign";
  counts: DmarcCounts;
}

/** Dmarc policy. */
export interface DmarcPolicy {
  domain: string;
  policy: string;
  subdomains: string;
  percent: number;
  dkim_alignment: string;
  spf_alignment: string;
}

/** Dmarc report. */
export interface DmarcReport {
  id: string;
  domain_id: string;
  domain: string;
  reporter: string;
  contact: string;
  report_id: string;
  /** RFC 3339. */
  begins_at: string;
  /** RFC 3339. */
  ends_at: string;
  /** RFC 3339. */
  received_at: string;
  messages: number;
  passed: number;
  policy: DmarcPolicy;
}

/** Dmarc report details. */
export interface DmarcReportDetails {
  id: string;
  domain_id: string;
  domain: string;
  reporter: string;
  contact: string;
  report_id: string;
  /** RFC 3339. */
  begins_at: string;
  /** RFC 3339. */
  ends_at: string;
  /** RFC 3339. */
  received_at: string;
  messages: number;
  passed: number;
  policy: DmarcPolicy;
  records: Array<DmarcReportRecord>;
  record_count: number;
  left_out: number;
  errors: Array<string>;
}

/** Dmarc report page. */
export interface DmarcReportPage {
  data: Array<DmarcReport>;
  next: string | null;
}

/** Dmarc report record. */
export interface DmarcReportRecord {
  source_ip: string;
  kind: "ours" | "service" | "forwarded" | "foreign";
  messages: number;
  disposition: string;
  dkim_aligned: boolean;
  spf_aligned: boolean;
  header_from: string;
  envelope_from: string;
  dkim: Array<DmarcSignature>;
  spf: string;
  reasons: Array<string>;
}

/** Dmarc signature. */
export interface DmarcSignature {
  domain: string;
  selector: string;
}

/** Dmarc source. */
export interface DmarcSource {
  source_ip: string;
  kind: "ours" | "service" | "forwarded" | "foreign";
  counts: DmarcCounts;
  days: number;
  last_day: string;
  dkim_domain: string;
  spf_domain: string;
}

/** Dmarc summary. */
export interface DmarcSummary {
  domain_id: string;
  domain: string;
  days: number;
  totals: Record<string, DmarcCounts>;
  by_day: Array<DmarcDay>;
  sources: Array<DmarcSource>;
  reporters: Array<Reporter>;
  advice: AdviceView;
}

/** Dns provider. */
export interface DnsProvider {
  id: string;
  kind: "cloudflare" | "ddns" | "digitalocean" | "gandi" | "godaddy" | "hetzner" | "ovh" | "porkbun" | "powerdns";
  name: string;
  /** RFC 3339. */
  tested_at: string | null;
  /** RFC 3339. */
  created_at: string;
}

/** Dns provider kind. */
export interface DnsProviderKind {
  kind: "cloudflare" | "ddns" | "digitalocean" | "gandi" | "godaddy" | "hetzner" | "ovh" | "porkbun" | "powerdns";
  title: string;
  hint: string;
  fields: Array<ProviderField>;
}

/** Dns provider kind page. */
export interface DnsProviderKindPage {
  data: Array<DnsProviderKind>;
  next: string | null;
}

/** Dns provider page. */
export interface DnsProviderPage {
  data: Array<DnsProvider>;
  next: string | null;
}

/** Dns record. */
export interface DnsRecord {
  type: "TXT" | "MX" | "CNAME" | "A" | "AAAA" | "PTR" | "SRV" | "TLSA" | "CAA" | "DS";
  host: string;
  value: string;
  purpose: "ownership" | "dkim" | "receiving" | "spf" | "return_path" | "return_path_spf" | "dmarc" | "mail_host" | "mta_sts" | "mta_sts_host" | "tls_rpt" | "autoconfig" | "autodiscover" | "client_srv" | "acme" | "ptr" | "tlsa" | "dnssec" | "caa" | "bimi";
  /** By default "required". */
  importance?: "required" | "recommended" | "optional";
  /** By default "unchecked". */
  status?: "unchecked" | "ok" | "warning" | "missing" | "wrong" | "unknown";
  found?: Array<string>;
  /** By default "Not checked yet.". */
  explanation?: string;
  servers?: Array<ServerAnswer>;
}

/** Domain. */
export interface Domain {
  id: string;
  name: string;
  display_name: string;
  status: "pending" | "verified" | "degraded" | "failed";
  records: Array<DnsRecord>;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  proven_at: string | null;
  /** RFC 3339. */
  proof_missing_since: string | null;
  /** RFC 3339. */
  checked_at: string | null;
  /** RFC 3339. */
  next_check_at: string | null;
}

/** Domain check. */
export interface DomainCheck {
  id: string;
  /** RFC 3339. */
  at: string;
  status: "pending" | "verified" | "degraded" | "failed";
  changes: Array<RecordChange>;
}

/** Domain check page. */
export interface DomainCheckPage {
  data: Array<DomainCheck>;
  next: string | null;
}

/** Domain page. */
export interface DomainPage {
  data: Array<Domain>;
  next: string | null;
}

/** Domain relay. */
export interface DomainRelay {
  domain_id: string;
  domain: string;
  relay_id: string | null;
}

/** Domain switch. */
export interface DomainSwitch {
  relay_id: string | null;
}

/** Effect. */
export interface Effect {
  /** By default 0. */
  fired?: number;
  /** By default 0. */
  suspended?: number;
  /** By default 0. */
  slowed?: number;
  /** By default 0. */
  bounced?: number;
  /** RFC 3339. */
  first_at?: string | null;
  /** RFC 3339. */
  last_at?: string | null;
}

/** Effect row. */
export interface EffectRow {
  provider: string;
  rule: string;
  now: Effect;
  proposed: Effect;
}

/** Email address. */
export interface EmailAddress {
  email: string;
  name?: string;
}

/** Enrolment token. */
export interface EnrolmentToken {
  node_id: string;
  token: string;
  /** RFC 3339. */
  expires_at: string;
}

/** Event. */
export interface Event {
  id: string;
  type: string;
  /** RFC 3339. */
  timestamp: string;
  tenant_id: string;
  data: Record<string, unknown>;
}

/** Event page. */
export interface EventPage {
  data: Array<Event>;
  next: string;
  more: boolean;
}

/** Events address. */
export interface EventsAddress {
  relay_id: string;
  events_url: string;
}

/** Field error. */
export interface FieldError {
  path: string;
  message: string;
}

/** Finding. */
export interface Finding {
  what: "ptr" | "forward" | "bound";
  status: "ok" | "missing" | "wrong" | "unknown";
  text: string;
}

/** Forward target. */
export interface ForwardTarget {
  email: string;
  status: "waiting" | "confirmed" | "paused" | "declined";
  note: string | null;
}

/** Gate. */
export interface Gate {
  name: "present" | "applied" | "configuration" | "probe" | "queue" | "deferrals" | "bounces";
  verdict: "waiting" | "passed" | "failed" | "not_asked";
  figure: string;
}

/** Given up. */
export interface GivenUp {
  node: Node;
  sent_again: number;
}

/** Giving up. */
export interface GivingUp {
  confirm: string;
  /** By default false. */
  send_again?: boolean;
}

/** Health. */
export interface Health {
  database: "ok" | "unreachable";
  valkey: "ok" | "unreachable";
}

/** Holdings. */
export interface Holdings {
  /** By default 0. */
  mailboxes?: number;
  /** By default 0. */
  taken?: number;
  /** By default 0. */
  queued?: number;
  /** By default 0. */
  waiting_events?: number;
  /** By default 0. */
  waiting_mails?: number;
}

/** Host proof. */
export interface HostProof {
  txt_host: string;
  txt_value: string;
  cname_target: string;
}

/** Import fault. */
export interface ImportFault {
  line: number;
  message: string;
}

/** In force. */
export interface InForce {
  id: string;
  tenant_id: string;
  name: string;
  measure: Measure;
}

/** In force page. */
export interface InForcePage {
  data: Array<InForce>;
  next: string | null;
}

/** Inbound address. */
export interface InboundAddress {
  email: string;
  name?: string;
}

/** Inbound attachment. */
export interface InboundAttachment {
  filename: string;
  content_type: string;
  size: number;
  content_id: string | null;
  link: string | null;
}

/** Inbound authentication. */
export interface InboundAuthentication {
  spf: string;
  dkim: string;
  dmarc: string;
  arc: string;
}

/** Inbound content. */
export interface InboundContent {
  from: Array<InboundAddress>;
  to: Array<InboundAddress>;
  cc: Array<InboundAddress>;
  reply_to: Array<InboundAddress>;
  subject: string;
  date: string;
  message_id: string;
  text: string;
  html: string;
  safe_html: string;
  reply: string;
  headers: Array<InboundHeader>;
  attachments: Array<InboundAttachment>;
  spam: InboundSpam;
  authentication: InboundAuthentication;
  parse: InboundParse;
}

/** Inbound envelope. */
export interface InboundEnvelope {
  from: string;
  recipient: string;
  client: string | null;
}

/** Inbound explanation. */
export interface InboundExplanation {
  outcome: "mailbox" | "route" | "refused";
  why: string;
  route: InboundRoute | null;
  considered: Array<ConsideredRoute>;
}

/** Inbound header. */
export interface InboundHeader {
  name: string;
  value: string;
}

/** Inbound message. */
export interface InboundMessage {
  id: string;
  route_id: string;
  status: "routed" | "forwarded" | "delivered" | "held" | "dropped" | "released" | "purged";
  note: string | null;
  recipient: string;
  from: string;
  subject: string;
  /** RFC 3339. */
  received_at: string;
  size: number;
  spam_score: number | null;
  envelope: InboundEnvelope;
  content: InboundContent | null;
  raw: string | null;
}

/** Inbound parse. */
export interface InboundParse {
  problems: Array<string>;
}

/** Inbound question. */
export interface InboundQuestion {
  recipient: string;
  headers?: Record<string, string>;
}

/** Inbound release. */
export interface InboundRelease {
  webhook_id?: string | null;
}

/** Inbound route. */
export interface InboundRoute {
  id: string;
  name: string;
  match: Match;
  action: Action;
  target: ForwardTarget | null;
  priority: number;
  enabled: boolean;
  /** RFC 3339. */
  created_at: string;
  version: number;
}

/** Inbound route change. */
export interface InboundRouteChange {
  name?: string;
  match?: Match;
  action?: Action;
  priority?: number;
  enabled?: boolean;
}

/** Inbound route page. */
export interface InboundRoutePage {
  data: Array<InboundRoute>;
  next: string | null;
}

/** Inbound spam. */
export interface InboundSpam {
  score: number | null;
  symbols: Record<string, number>;
}

/** Inbound summary. */
export interface InboundSummary {
  id: string;
  route_id: string;
  status: "routed" | "forwarded" | "delivered" | "held" | "dropped" | "released" | "purged";
  note: string | null;
  recipient: string;
  from: string;
  subject: string;
  /** RFC 3339. */
  received_at: string;
  size: number;
  spam_score: number | null;
}

/** Inbound summary page. */
export interface InboundSummaryPage {
  data: Array<InboundSummary>;
  next: string | null;
}

/** Invitation. */
export interface Invitation {
  id: string;
  email: string;
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
  invited_by: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  sent_at: string;
  /** RFC 3339. */
  expires_at: string;
}

/** Invitation page. */
export interface InvitationPage {
  data: Array<Invitation>;
  next: string | null;
}

/** Ip pool. */
export interface IpPool {
  id: string;
  name: string;
  kind: "shared" | "dedicated" | "risk";
  stream: "transactional" | "broadcast";
  is_default: boolean;
  tenant_id: string | null;
  ips: Array<PooledIp>;
  /** RFC 3339. */
  created_at: string;
}

/** Ip pool page. */
export interface IpPoolPage {
  data: Array<IpPool>;
  next: string | null;
}

/** Ip reputation. */
export interface IpReputation {
  ip_id: string;
  address: string;
  lists: Array<ListStanding>;
  rates: Array<Rate>;
  advice: Array<Advice>;
  days: Array<RatedDay>;
  changes: Array<Change>;
}

/** Key rotation. */
export interface KeyRotation {
  /** By default 86400. */
  overlap_seconds?: number;
}

/** Key view. */
export interface KeyView {
  id: string;
  name: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  expires_at: string | null;
}

/** Limits. */
export interface Limits {
  messages_month?: number | null;
  messages_day?: number | null;
  messages_hour?: number | null;
  domains?: number | null;
  mailboxes?: number | null;
  storage_bytes?: number | null;
  contacts?: number | null;
  dedicated_ips?: number | null;
}

/** List standing. */
export interface ListStanding {
  blocklist: string;
  title: string;
  state: "clean" | "suspected" | "listed" | "unknown";
  severity: "warn" | "quarantine" | null;
  /** RFC 3339. */
  since: string;
  /** RFC 3339. */
  looked_at: string;
  codes: Array<string>;
  why: string;
  delisting_url: string;
  steps: Array<string>;
  /** RFC 3339. */
  delisting_asked_at: string | null;
}

/** Listing. */
export interface Listing {
  subject: string;
  what: "ip" | "domain";
  tenant_id: string | null;
  standing: ListStanding;
}

/** Listings. */
export interface Listings {
  data: Array<Listing>;
}

/** Mailbox. */
export interface Mailbox {
  id: string;
  address: string;
  name: string;
  quota_bytes: number;
  used_bytes: number | null;
  status: "active" | "suspended";
  /** RFC 3339. */
  created_at: string;
  version: number;
}

/** Mailbox change. */
export interface MailboxChange {
  password?: string;
  name?: string;
  quota_bytes?: number;
  status?: "active" | "suspended";
}

/** Mailbox move. */
export interface MailboxMove {
  id: string;
  batch_id: string;
  tenant_id: string;
  mailbox_id: string;
  address: string;
  source: NodeName;
  target: NodeName | null;
  status: "waiting" | "copying" | "final" | "switched" | "done" | "failed" | "aborted";
  passes: number;
  messages: number;
  size_bytes: number;
  problem: string;
  waits_for: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  began_at: string | null;
  /** RFC 3339. */
  switched_at: string | null;
  /** RFC 3339. */
  ended_at: string | null;
  /** RFC 3339. */
  old_copy_until: string | null;
}

/** Mailbox move page. */
export interface MailboxMovePage {
  data: Array<MailboxMove>;
  next: string | null;
}

/** Mailbox page. */
export interface MailboxPage {
  data: Array<Mailbox>;
  next: string | null;
}

/** Many messages. */
export interface ManyMessages {
  ids?: Array<string>;
  filter?: MessageFilter | null;
}

/** Match. */
export interface Match {
  type: "address" | "domain" | "subdomains" | "header";
  address?: string | null;
  domain?: string | null;
  name?: string | null;
  pattern?: string | null;
}

/** Me. */
export interface Me {
  tenant: TenantView;
  key: KeyView;
  scopes: Array<string>;
}

/** Measure. */
export interface Measure {
  stream: "transactional" | "broadcast" | "all";
  step: "none" | "warned" | "throttled" | "risk" | "paused";
  cause: "bounces" | "complaints" | "repeated" | "everywhere" | "clean" | "operator" | "appeal_accepted" | "exempted";
  /** RFC 3339. */
  since: string;
  /** RFC 3339. */
  better_at: string | null;
  figures: Array<SendingRate>;
  note: string;
}

/** Measure change. */
export interface MeasureChange {
  stream: "transactional" | "broadcast" | "all";
  before: "none" | "warned" | "throttled" | "risk" | "paused";
  after: "none" | "warned" | "throttled" | "risk" | "paused";
  cause: "bounces" | "complaints" | "repeated" | "everywhere" | "clean" | "operator" | "appeal_accepted" | "exempted";
  note: string;
  /** RFC 3339. */
  at: string;
}

/** Member. */
export interface Member {
  id: string;
  email: string;
  name: string;
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
  /** RFC 3339. */
  joined_at: string;
}

/** Member change. */
export interface MemberChange {
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
}

/** Member page. */
export interface MemberPage {
  data: Array<Member>;
  next: string | null;
}

/** Message. */
export interface Message {
  id: string;
  status: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
  /** RFC 3339. */
  created_at: string;
  from: string;
  subject: string;
  stream: "transactional" | "broadcast";
  tags: Array<string>;
  metadata: Record<string, string>;
  sandbox: boolean;
  recipients: Array<RecipientTimeline>;
  /** RFC 3339. */
  send_at?: string | null;
}

/** Message event. */
export interface MessageEvent {
  id: string;
  type: string;
  /** RFC 3339. */
  at: string;
  attempt?: number | null;
  node_id?: string | null;
  queue_id?: string | null;
  source_ip?: string | null;
  relay?: string | null;
  dsn?: string | null;
  reply?: string | null;
  tls?: string | null;
  delays?: Delays | null;
  route?: Route | null;
  bounce_class?: "invalid_recipient" | "inactive" | "mailbox_full" | "dns" | "routing" | "spam_content" | "too_big" | "policy" | "reputation_blocked" | "auth_failed" | "rate_limited" | "protocol" | "network" | "unknown" | null;
  /** RFC 3339. */
  send_at?: string | null;
  /** By default false. */
  sandbox?: boolean;
}

/** Message filter. */
export interface MessageFilter {
  /** By default "held". */
  status?: "held" | "scheduled";
  held_for?: "quota" | "enforcement" | null;
  stream?: "transactional" | "broadcast" | null;
  /** RFC 3339. */
  before?: string | null;
}

/** Message summary. */
export interface MessageSummary {
  id: string;
  status: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
  /** RFC 3339. */
  created_at: string;
  from: string;
  subject: string;
  stream: "transactional" | "broadcast";
  tags: Array<string>;
  metadata: Record<string, string>;
  sandbox: boolean;
  recipients: Array<Recipient>;
}

/** Message summary page. */
export interface MessageSummaryPage {
  data: Array<MessageSummary>;
  next: string | null;
}

/** Move. */
export interface Move {
  parent_id: string;
}

/** Move batch. */
export interface MoveBatch {
  id: string;
  kind: "mailbox" | "domain" | "tenant" | "node";
  name: string;
  to: NodeName | null;
  status: "running" | "paused" | "done" | "failed";
  mailboxes: number;
  arrived: number;
  failed: number;
  aborted: number;
  under_way: number;
  skipped: number;
  bytes_moved: number;
  bytes_per_second: number | null;
  seconds_left: number | null;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  paused_at: string | null;
  /** RFC 3339. */
  ended_at: string | null;
}

/** Move batch page. */
export interface MoveBatchPage {
  data: Array<MoveBatch>;
  next: string | null;
}

/** Mta sts. */
export interface MtaSts {
  mode: "testing" | "enforce" | "none";
  max_age_seconds: number;
  mx: Array<string>;
  policy_id: string;
  policy_url: string;
  advice: string;
}

/** Mta sts change. */
export interface MtaStsChange {
  mode?: "testing" | "enforce" | "none";
  max_age_seconds?: number;
}

/** Named appeal. */
export interface NamedAppeal {
  id: string;
  name: string;
  appeal: Appeal;
}

/** Named appeal page. */
export interface NamedAppealPage {
  data: Array<NamedAppeal>;
  next: string | null;
}

/** New access grant. */
export interface NewAccessGrant {
  tenant_id: string;
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
}

/** New api key. */
export interface NewApiKey {
  name: string;
  scopes: Array<string>;
  /** By default "live". */
  mode?: "live" | "test";
  /** RFC 3339. */
  expires_at?: string | null;
  allowed_domains?: Array<string>;
  allowed_networks?: Array<string>;
  requests_per_minute?: number | null;
  /** By default false. */
  smtp?: boolean;
}

/** New appeal. */
export interface NewAppeal {
  cause: string;
  changed: string;
}

/** New attachment. */
export interface NewAttachment {
  filename: string;
  content_type: string;
  content: string;
  content_id?: string | null;
}

/** New batch. */
export interface NewBatch {
  messages: Array<NewMessage>;
}

/** New certificate. */
export interface NewCertificate {
  names?: Array<string>;
  chain?: string | null;
  private_key?: string | null;
}

/** New client. */
export interface NewClient {
  name: string;
  slug?: string | null;
  /** By default "client". */
  kind?: "agency" | "client";
  parent_id?: string | null;
  plan_id?: string | null;
  limits?: Limits;
  owner_email?: string | null;
}

/** New content retention. */
export interface NewContentRetention {
  content_days: number;
}

/** New dns provider. */
export interface NewDnsProvider {
  kind: "cloudflare" | "ddns" | "digitalocean" | "gandi" | "godaddy" | "hetzner" | "ovh" | "porkbun" | "powerdns";
  name: string;
  credentials: Record<string, string>;
  domain_id?: string | null;
}

/** New domain. */
export interface NewDomain {
  name?: string;
  platform_label?: string;
}

/** New enrolment token. */
export interface NewEnrolmentToken {
  node_id: string;
}

/** New exemption. */
export interface NewExemption {
  /** RFC 3339. */
  until: string;
  reason: string;
}

/** New inbound route. */
export interface NewInboundRoute {
  name: string;
  match: Match;
  action: Action;
  /** By default 100. */
  priority?: number;
  /** By default true. */
  enabled?: boolean;
}

/** New invitation. */
export interface NewInvitation {
  email: string;
  role: "owner" | "admin" | "developer" | "marketer" | "support" | "billing";
}

/** New ip. */
export interface NewIp {
  address: string;
  stream: "transactional" | "broadcast";
  hostname: string;
  /** By default "active". */
  status?: "provisioning" | "active";
}

/** New mailbox. */
export interface NewMailbox {
  address: string;
  password: string;
  name?: string;
  /** By default 0. */
  quota_bytes?: number;
}

/** New measure. */
export interface NewMeasure {
  stream: "transactional" | "broadcast" | "all";
  step: "none" | "warned" | "throttled" | "risk" | "paused";
  reason: string;
  /** RFC 3339. */
  until?: string | null;
}

/** New message. */
export interface NewMessage {
  from: EmailAddress;
  to?: Array<EmailAddress>;
  cc?: Array<EmailAddress>;
  bcc?: Array<EmailAddress>;
  reply_to?: Array<EmailAddress>;
  subject?: string;
  text?: string | null;
  html?: string | null;
  headers?: Record<string, string>;
  attachments?: Array<NewAttachment>;
  template?: TemplateUse | null;
  /** By default "transactional". */
  stream?: "transactional" | "broadcast";
  tags?: Array<string>;
  metadata?: Record<string, string>;
  /** RFC 3339. */
  send_at?: string | null;
  tracking?: Tracking | null;
}

/** New moves. */
export interface NewMoves {
  mailbox?: string | null;
  domain?: string | null;
  tenant?: string | null;
  node?: string | null;
  to?: string | null;
}

/** New node. */
export interface NewNode {
  name: string;
  hostname: string;
  service_address: string;
  roles: Array<"outbound" | "mx" | "mailbox">;
  /** By default "default". */
  region?: string;
  ips?: Array<NewIp>;
}

/** New plan. */
export interface NewPlan {
  name: string;
  limits?: PlanLimits;
  /** By default "stop". */
  over_limit?: "stop" | "hold";
  overage?: string;
  price?: Price | null;
  /** By default 1. */
  weight?: number;
}

/** New pool. */
export interface NewPool {
  name: string;
  stream: "transactional" | "broadcast";
  tenant_id?: string | null;
  kind?: "risk" | null;
}

/** New publication. */
export interface NewPublication {
  connection_id: string;
  /** By default true. */
  dry_run?: boolean;
}

/** New relay. */
export interface NewRelay {
  name: string;
  kind: "ses" | "sendgrid" | "mailgun" | "smtp2go" | "postmark" | "smtp";
  host?: string;
  port?: number | null;
  tls?: "starttls" | "implicit" | null;
  username?: string;
  password: string;
  /** By default "always". */
  mode?: "always" | "fallback";
  /** By default 1. */
  weight?: number;
  scope?: RelayScope;
  /** By default false. */
  for_all?: boolean;
  events_key?: string;
}

/** New replay. */
export interface NewReplay {
  /** RFC 3339. */
  since: string;
  /** RFC 3339. */
  until?: string | null;
  types?: Array<string> | null;
}

/** New rollout. */
export interface NewRollout {
  kind: "shaping" | "daemons" | "renderer";
  daemons?: DaemonParameters | null;
  shaping_version?: number | null;
  renderer?: number | null;
  canary?: Array<string>;
  /** By default [10, 50, 100]. */
  waves?: Array<number>;
  /** By default "percent". */
  waves_in?: "percent" | "nodes";
  /** By default 600. */
  soak_seconds?: number;
  probe_address?: string | null;
  /** By default false. */
  hold_for_absent?: boolean;
}

/** New sending ip. */
export interface NewSendingIp {
  address: string;
  node_id: string;
  pool_id: string;
  hostname: string;
  /** By default 1. */
  weight?: number;
  /** By default false. */
  standby?: boolean;
}

/** New shaping rules. */
export interface NewShapingRules {
  changes: ShapingChanges;
  reason: string;
  /** By default true. */
  at_once?: boolean;
}

/** New shared link. */
export interface NewSharedLink {
  email?: string | null;
}

/** New template. */
export interface NewTemplate {
  name: string;
  /** By default "message". */
  kind?: "message" | "layout";
  description?: string;
  subject?: string;
  html?: string | null;
  text?: string | null;
  mjml?: string | null;
  layout_id?: string | null;
  sample_data?: Record<string, unknown>;
  /** By default "lenient". */
  undefined?: "lenient" | "strict";
}

/** New test. */
export interface NewTest {
  /** By default "message.delivered". */
  type?: string;
}

/** New webhook. */
export interface NewWebhook {
  url: string;
  /** By default ["*"]. */
  events?: Array<string>;
  description?: string;
}

/** Node. */
export interface Node {
  id: string;
  name: string;
  hostname: string;
  service_address: string;
  region: string;
  roles: Array<"outbound" | "mx" | "mailbox">;
  status: "enrolling" | "ready" | "draining" | "lost" | "retired";
  generation_desired: number;
  generation_applied: number;
  queue: Record<string, number>;
  versions: Record<string, string>;
  reactions: Array<NodeReaction>;
  /** RFC 3339. */
  last_seen_at: string | null;
  /** RFC 3339. */
  draining_since: string | null;
  /** RFC 3339. */
  lost_since: string | null;
  /** RFC 3339. */
  created_at: string;
  ips: Array<NodeIp>;
}

/** Node change. */
export interface NodeChange {
  hostname?: string;
  service_address?: string;
  roles?: Array<"outbound" | "mx" | "mailbox">;
  region?: string;
}

/** Node ip. */
export interface NodeIp {
  id: string;
  address: string;
  hostname: string;
  pool_id: string;
  status: string;
}

/** Node name. */
export interface NodeName {
  id: string;
  name: string;
}

/** Node page. */
export interface NodePage {
  data: Array<Node>;
  next: string | null;
}

/** Node queue. */
export interface NodeQueue {
  counts: Record<string, number>;
  destinations: Array<QueuedGroup>;
  holdings: Holdings;
  /** RFC 3339. */
  said_at: string | null;
}

/** Node reaction. */
export interface NodeReaction {
  ip_id: string;
  provider: string;
  domain: string;
  rule: string;
  action: string;
  /** RFC 3339. */
  until: string;
}

/** Own certificate. */
export interface OwnCertificate {
  chain: string;
  private_key: string;
}

/** Part. */
export interface Part {
  /** RFC 3339. */
  start: string | null;
  stream: string | null;
  provider: string | null;
  counts: Counts;
}

/** Plan. */
export interface Plan {
  id: string;
  name: string;
  limits: PlanLimits;
  over_limit: "stop" | "hold";
  overage: string;
  price: Price | null;
  weight: number;
  status: "offered" | "retired";
  yours: boolean;
  tenants: number;
  /** RFC 3339. */
  created_at: string;
}

/** Plan change. */
export interface PlanChange {
  name?: string;
  limits?: PlanLimits;
  over_limit?: "stop" | "hold";
  overage?: string;
  price?: Price | null;
  weight?: number;
}

/** Plan limits. */
export interface PlanLimits {
  messages_month?: number | null;
  messages_day?: number | null;
  messages_hour?: number | null;
  domains?: number | null;
  mailboxes?: number | null;
  storage_bytes?: number | null;
  contacts?: number | null;
  dedicated_ips?: number | null;
  message_bytes?: number | null;
}

/** Plan page. */
export interface PlanPage {
  data: Array<Plan>;
  next: string | null;
}

/** Pool change. */
export interface PoolChange {
  name?: string;
  is_default?: boolean;
}

/** Pooled ip. */
export interface PooledIp {
  id: string;
  address: string;
  hostname: string;
  status: "provisioning" | "warming" | "active" | "draining" | "quarantined" | "released";
  standby: boolean;
}

/** Preview. */
export interface Preview {
  subject: string;
  html: string | null;
  text: string | null;
  undefined: Array<string>;
  warnings: Array<string>;
}

/** Preview request. */
export interface PreviewRequest {
  data?: Record<string, unknown> | null;
  version?: number | null;
}

/** Price. */
export interface Price {
  amount_minor: number;
  currency: string;
}

/** Problem. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  instance?: string | null;
  errors?: Array<FieldError>;
}

/** Provider class. */
export interface ProviderClass {
  name: string;
  mx_suffixes?: Array<string>;
  domains?: Array<string>;
  /** By default 10. */
  connections?: number;
  /** By default 100. */
  messages_per_connection?: number;
  per_minute?: number | null;
  /** By default "may". */
  tls?: "may" | "encrypt";
}

/** Provider field. */
export interface ProviderField {
  name: string;
  label: string;
  secret: boolean;
  required: boolean;
  choices: Array<string>;
}

/** Publication. */
export interface Publication {
  id: string;
  domain_id: string;
  connection_id: string;
  status: "comparing" | "compared" | "applying" | "applied" | "rolling_back" | "rolled_back" | "incomplete" | "failed";
  dry_run: boolean;
  zone: string;
  steps: Array<PublicationStep>;
  problem: string | null;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  finished_at: string | null;
}

/** Publication page. */
export interface PublicationPage {
  data: Array<Publication>;
  next: string | null;
}

/** Publication step. */
export interface PublicationStep {
  key: string;
  type: "TXT" | "MX" | "CNAME" | "A" | "AAAA" | "PTR" | "SRV" | "TLSA" | "CAA" | "DS";
  name: string;
  purposes: Array<"ownership" | "dkim" | "receiving" | "spf" | "return_path" | "return_path_spf" | "dmarc" | "mail_host" | "mta_sts" | "mta_sts_host" | "tls_rpt" | "autoconfig" | "autodiscover" | "client_srv" | "acme" | "ptr" | "tlsa" | "dnssec" | "caa" | "bimi">;
  action: "create" | "change" | "leave" | "conflict";
  before: Array<string>;
  after: Array<string>;
  replaceable: boolean;
  explanation: string;
  status: "proposed" | "left_out" | "waiting" | "done" | "failed" | "taken_back" | "kept";
  problem: string | null;
}

/** Queued group. */
export interface QueuedGroup {
  domain: string;
  provider: string;
  by_age: Array<unknown>;
  total: number;
}

/** Rate. */
export interface Rate {
  provider: string;
  sent: number;
  delivered: number;
  deferred: number;
  bounced: number;
  complained: number;
  bounce_rate: number;
  complaint_rate: number;
  deferral_rate: number;
}

/** Rated day. */
export interface RatedDay {
  day: string;
  delivered: number;
  deferred: number;
  bounced: number;
  complained: number;
}

/** Reactivation. */
export interface Reactivation {
  reason: string;
}

/** Recipient. */
export interface Recipient {
  email: string;
  kind: "to" | "cc" | "bcc";
  delivery_id: string;
  status: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
  held_for?: "quota" | "suspension" | "enforcement" | null;
  sandbox: boolean;
}

/** Recipient timeline. */
export interface RecipientTimeline {
  email: string;
  kind: "to" | "cc" | "bcc";
  delivery_id: string;
  status: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
  held_for?: "quota" | "suspension" | "enforcement" | null;
  sandbox: boolean;
  events: Array<MessageEvent>;
  /** By default 0. */
  events_left_out?: number;
}

/** Record change. */
export interface RecordChange {
  purpose: "ownership" | "dkim" | "receiving" | "spf" | "return_path" | "return_path_spf" | "dmarc" | "mail_host" | "mta_sts" | "mta_sts_host" | "tls_rpt" | "autoconfig" | "autodiscover" | "client_srv" | "acme" | "ptr" | "tlsa" | "dnssec" | "caa" | "bimi";
  type: "TXT" | "MX" | "CNAME" | "A" | "AAAA" | "PTR" | "SRV" | "TLSA" | "CAA" | "DS";
  host: string;
  before: "unchecked" | "ok" | "warning" | "missing" | "wrong" | "unknown";
  after: "unchecked" | "ok" | "warning" | "missing" | "wrong" | "unknown";
  found?: Array<string>;
}

/** Relay. */
export interface Relay {
  id: string;
  name: string;
  kind: "ses" | "sendgrid" | "mailgun" | "smtp2go" | "postmark" | "smtp";
  host: string;
  port: number;
  tls: "starttls" | "implicit";
  username: string;
  mode: "always" | "fallback";
  weight: number;
  scope: RelayScope;
  always_for: Array<string>;
  for_all: boolean;
  status: "active" | "paused";
  takes_events: boolean;
  health: RelayHealth;
  /** RFC 3339. */
  created_at: string;
  version: number;
}

/** Relay change. */
export interface RelayChange {
  name?: string;
  host?: string;
  port?: number;
  tls?: "starttls" | "implicit";
  username?: string;
  password?: string;
  mode?: "always" | "fallback";
  weight?: number;
  scope?: RelayScope;
  status?: "active" | "paused";
  events_key?: string;
}

/** Relay health. */
export interface RelayHealth {
  failing_on?: Array<string>;
  last_error?: string;
  tests?: Array<RelayTest>;
}

/** Relay page. */
export interface RelayPage {
  data: Array<Relay>;
  next: string | null;
}

/** Relay scope. */
export interface RelayScope {
  domains?: Array<string>;
  streams?: Array<"transactional" | "broadcast">;
  destinations?: Array<string>;
}

/** Relay test. */
export interface RelayTest {
  node_id: string;
  /** RFC 3339. */
  asked_at: string;
  problem: string;
}

/** Release. */
export interface Release {
  /** By default false. */
  even_undrained?: boolean;
  reason?: string;
}

/** Reply rule. */
export interface ReplyRule {
  name: string;
  provider?: string;
  pattern: string;
  /** By default 1. */
  threshold?: number;
  /** By default 3600. */
  within_seconds?: number;
  action: "slow" | "suspend" | "bounce";
  per_minute?: number | null;
  connections?: number | null;
  /** By default 1800. */
  for_seconds?: number;
}

/** Reporter. */
export interface Reporter {
  reporter: string;
  reports: number;
  messages: number;
  /** RFC 3339. */
  last_at: string;
}

/** Resend. */
export interface Resend {
  recipients?: Array<string>;
}

/** Resource usage. */
export interface ResourceUsage {
  resource: "messages_hour" | "messages_day" | "messages_month" | "messages_held" | "messages_scheduled" | "domains" | "mailboxes" | "storage_bytes" | "contacts" | "dedicated_ips";
  used: number;
  limit: number | null;
  window: "hour" | "day" | "month" | null;
  /** RFC 3339. */
  resets_at: string | null;
  provider_exhausted: boolean;
}

/** Retirement. */
export interface Retirement {
  confirm?: string | null;
}

/** Revocation. */
export interface Revocation {
  reason: "key_compromise" | "superseded" | "cessation_of_operation";
}

/** Rollout. */
export interface Rollout {
  id: string;
  kind: "shaping" | "daemons" | "renderer";
  change: RolloutChange;
  former: RolloutChange;
  status: "running" | "paused" | "rolling_back" | "completed" | "rolled_back" | "aborted";
  cause: string | null;
  stage: number;
  stages: number;
  waves: Array<number>;
  waves_in: "percent" | "nodes";
  soak_seconds: number;
  probe_address: string | null;
  hold_for_absent: boolean;
  author: string;
  /** RFC 3339. */
  started_at: string;
  /** RFC 3339. */
  ended_at: string | null;
  nodes: Array<RolloutNode>;
}

/** Rollout change. */
export interface RolloutChange {
  daemons?: DaemonParameters | null;
  shaping_version?: number | null;
  renderer?: number | null;
}

/** Rollout diff. */
export interface RolloutDiff {
  node_id: string;
  name: string;
  generation: number;
  service: string;
  diff: string;
  problem: string | null;
  /** RFC 3339. */
  at: string;
}

/** Rollout diffs. */
export interface RolloutDiffs {
  data: Array<RolloutDiff>;
}

/** Rollout line. */
export interface RolloutLine {
  id: string;
  kind: "shaping" | "daemons" | "renderer";
  change: RolloutChange;
  status: "running" | "paused" | "rolling_back" | "completed" | "rolled_back" | "aborted";
  cause: string | null;
  stage: number;
  stages: number;
  nodes_by_state: Record<string, number>;
  author: string;
  /** RFC 3339. */
  started_at: string;
  /** RFC 3339. */
  ended_at: string | null;
}

/** Rollout line page. */
export interface RolloutLinePage {
  data: Array<RolloutLine>;
  next: string | null;
}

/** Rollout node. */
export interface RolloutNode {
  node_id: string;
  name: string;
  region: string;
  stage: number;
  state: "waiting" | "applying" | "soaking" | "passed" | "failed" | "skipped" | "rolled_back";
  reason: string;
  generation: number | null;
  /** RFC 3339. */
  published_at: string | null;
  gates: Array<Gate>;
}

/** Rotated secret. */
export interface RotatedSecret {
  id: string;
  secrets: Array<string>;
  /** RFC 3339. */
  old_secret_until: string;
}

/** Rotation. */
export interface Rotation {
  /** By default false. */
  compromised?: boolean;
}

/** Route. */
export interface Route {
  pool_id?: string | null;
  provider?: string | null;
  rule?: string | null;
  warmup_step?: number | null;
  /** By default 0. */
  generation?: number;
  ip_id?: string | null;
  relay_id?: string | null;
  why?: string | null;
}

/** Schedule. */
export interface Schedule {
  name: string;
  steps: Array<Step>;
  shares: Record<string, number>;
}

/** Schedule change. */
export interface ScheduleChange {
  /** RFC 3339. */
  send_at: string | null;
}

/** Schedules. */
export interface Schedules {
  presets: Record<string, Schedule>;
}

/** Sending health. */
export interface SendingHealth {
  streams: Array<StreamHealth>;
  measures: Array<Measure>;
  messages_hour: number | null;
  messages_day: number | null;
  /** RFC 3339. */
  exempt_until: string | null;
  appeal: Appeal | null;
}

/** Sending ip. */
export interface SendingIp {
  id: string;
  address: string;
  node_id: string;
  pool_id: string;
  stream: "transactional" | "broadcast";
  hostname: string;
  status: "provisioning" | "warming" | "active" | "draining" | "quarantined" | "released";
  /** RFC 3339. */
  status_since: string;
  reason: string;
  weight: number;
  standby: boolean;
  /** RFC 3339. */
  cooling_until: string | null;
  findings: Array<Finding>;
  /** RFC 3339. */
  checked_at: string | null;
  warmup: Standing | null;
  /** RFC 3339. */
  created_at: string;
}

/** Sending ip change. */
export interface SendingIpChange {
  hostname?: string;
  weight?: number;
  standby?: boolean;
  pool_id?: string;
}

/** Sending ip page. */
export interface SendingIpPage {
  data: Array<SendingIp>;
  next: string | null;
}

/** Sending rate. */
export interface SendingRate {
  cause: "bounces" | "complaints";
  window: "day" | "week";
  count: number;
  of: number;
  review: number;
  pause: number;
  grade: "few" | "good" | "review" | "bad";
}

/** Sent request. */
export interface SentRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Server answer. */
export interface ServerAnswer {
  server: string;
  found?: Array<string>;
  problem?: string | null;
}

/** Shaping changes. */
export interface ShapingChanges {
  classes?: Array<ProviderClass>;
  rules?: Array<ReplyRule>;
  without_classes?: Array<string>;
  without_rules?: Array<string>;
}

/** Shaping rules. */
export interface ShapingRules {
  version: number;
  changes: ShapingChanges;
  classes: Array<ProviderClass>;
  rules: Array<ReplyRule>;
}

/** Shaping version. */
export interface ShapingVersion {
  id: string;
  version: number;
  changes: ShapingChanges;
  reason: string;
  author: string;
  /** RFC 3339. */
  created_at: string;
}

/** Shaping version page. */
export interface ShapingVersionPage {
  data: Array<ShapingVersion>;
  next: string | null;
}

/** Shared link. */
export interface SharedLink {
  id: string;
  domain_id: string;
  mailed_to: string | null;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  expires_at: string;
}

/** Shared link page. */
export interface SharedLinkPage {
  data: Array<SharedLink>;
  next: string | null;
}

/** Slice. */
export interface Slice {
  /** RFC 3339. */
  start: string;
  attempts: number;
  held_now: number;
  held_proposed: number;
}

/** Standing. */
export interface Standing {
  step: number;
  steps: number;
  cap_today: number;
  sent_today: number;
  by_provider: Record<string, ClassStanding>;
}

/** Stats. */
export interface Stats {
  data: Array<Part>;
}

/** Step. */
export interface Step {
  per_day: number;
  per_hour: number;
}

/** Step back. */
export interface StepBack {
  provider?: string | null;
}

/** Stream health. */
export interface StreamHealth {
  stream: "transactional" | "broadcast";
  rates: Array<SendingRate>;
}

/** Suppression. */
export interface Suppression {
  id: string;
  email: string;
  status: "active" | "ended";
  reason: "hard_bounce" | "soft_bounce" | "complaint" | "unsubscribe" | "manual";
  scope: "tenant" | "stream";
  stream: "transactional" | "broadcast" | null;
  for_clients: boolean;
  source: "api" | "portal" | "import" | "bounce" | "complaint" | "unsubscribe";
  note: string;
  message_id: string | null;
  delivery_id: string | null;
  created_by: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  expires_at: string | null;
  /** RFC 3339. */
  ended_at: string | null;
  ended_as: "deleted" | "reactivated" | "expired" | null;
  ended_by: string | null;
  ended_because: string | null;
}

/** Suppression import. */
export interface SuppressionImport {
  id: string;
  status: "uploading" | "waiting" | "running" | "finished";
  for_clients: boolean;
  progress: number;
  lines: number;
  added: number;
  known: number;
  failed: number;
  faults: Array<ImportFault>;
  created_by: string;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  finished_at: string | null;
}

/** Suppression import page. */
export interface SuppressionImportPage {
  data: Array<SuppressionImport>;
  next: string | null;
}

/** Suppression page. */
export interface SuppressionPage {
  data: Array<Suppression>;
  next: string | null;
}

/** Suppression request. */
export interface SuppressionRequest {
  email: string;
  /** By default "manual". */
  reason?: "hard_bounce" | "soft_bounce" | "complaint" | "unsubscribe" | "manual";
  stream?: "transactional" | "broadcast" | null;
  note?: string;
  /** RFC 3339. */
  expires_at?: string | null;
  /** By default false. */
  for_clients?: boolean;
}

/** Suspension. */
export interface Suspension {
  reason?: string;
}

/** Template. */
export interface Template {
  id: string;
  name: string;
  kind: "message" | "layout";
  description: string;
  undefined: "lenient" | "strict";
  version: number;
  latest_version: number;
  live_version: number;
  subject: string;
  html: string | null;
  text: string | null;
  mjml: string | null;
  layout_id: string | null;
  sample_data: Record<string, unknown>;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  updated_at: string;
}

/** Template change. */
export interface TemplateChange {
  name?: string;
  description?: string;
  subject?: string;
  html?: string | null;
  text?: string | null;
  mjml?: string | null;
  layout_id?: string | null;
  sample_data?: Record<string, unknown>;
  undefined?: "lenient" | "strict";
  /** By default false. */
  publish?: boolean;
}

/** Template summary. */
export interface TemplateSummary {
  id: string;
  name: string;
  kind: "message" | "layout";
  description: string;
  subject: string;
  latest_version: number;
  live_version: number;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  updated_at: string;
}

/** Template summary page. */
export interface TemplateSummaryPage {
  data: Array<TemplateSummary>;
  next: string | null;
}

/** Template use. */
export interface TemplateUse {
  id: string;
  data?: Record<string, unknown>;
}

/** Template version. */
export interface TemplateVersion {
  version: number;
  subject: string;
  author: string;
  live: boolean;
  /** RFC 3339. */
  created_at: string;
}

/** Template version page. */
export interface TemplateVersionPage {
  data: Array<TemplateVersion>;
  next: string | null;
}

/** Tenant measures. */
export interface TenantMeasures {
  tenant_id: string;
  name: string;
  health: SendingHealth;
  history: Array<MeasureChange>;
}

/** Tenant view. */
export interface TenantView {
  id: string;
  name: string;
  kind: "operator" | "agency" | "client";
  status: "active" | "throttled" | "suspended";
}

/** Tenure. */
export interface Tenure {
  pool_id: string;
  pool_name: string;
  tenant_id: string | null;
  /** RFC 3339. */
  began_at: string;
  /** RFC 3339. */
  ended_at: string | null;
  sent: number;
  bounced: number;
  deferred: number;
  complained: number;
  listings: number;
  burnt: boolean;
}

/** Tenures. */
export interface Tenures {
  data: Array<Tenure>;
}

/** Test send. */
export interface TestSend {
  from: EmailAddress;
  to: Array<string>;
  data?: Record<string, unknown> | null;
  version?: number | null;
}

/** Test sent. */
export interface TestSent {
  message_id: string;
  recipient: string;
}

/** Tls report. */
export interface TlsReport {
  id: string;
  domain_id: string;
  domain: string;
  reporter: string;
  contact: string;
  report_id: string;
  /** RFC 3339. */
  begins_at: string;
  /** RFC 3339. */
  ends_at: string;
  /** RFC 3339. */
  received_at: string;
  succeeded: number;
  failed: number;
}

/** Tls report details. */
export interface TlsReportDetails {
  id: string;
  domain_id: string;
  domain: string;
  reporter: string;
  contact: string;
  report_id: string;
  /** RFC 3339. */
  begins_at: string;
  /** RFC 3339. */
  ends_at: string;
  /** RFC 3339. */
  received_at: string;
  succeeded: number;
  failed: number;
  policies: Array<TlsReportPolicy>;
}

/** Tls report failure. */
export interface TlsReportFailure {
  result: string;
  sessions: number;
  mx: string;
  sending_ip: string | null;
  receiving_ip: string | null;
  detail: string;
}

/** Tls report page. */
export interface TlsReportPage {
  data: Array<TlsReport>;
  next: string | null;
}

/** Tls report policy. */
export interface TlsReportPolicy {
  kind: string;
  domain: string;
  mode: string;
  succeeded: number;
  failed: number;
  failures: Array<TlsReportFailure>;
}

/** Tls sessions. */
export interface TlsSessions {
  kind: string;
  result: string;
  mx: string;
  sessions: number;
  last_day: string;
}

/** Tls summary. */
export interface TlsSummary {
  domain_id: string;
  domain: string;
  days: number;
  succeeded: number;
  failed: number;
  sessions: Array<TlsSessions>;
  advice: AdviceView;
}

/** Tracking. */
export interface Tracking {
  /** By default false. */
  opens?: boolean;
  /** By default false. */
  clicks?: boolean;
}

/** Unsaved preview. */
export interface UnsavedPreview {
  /** By default "Preview". */
  name?: string;
  /** By default "message". */
  kind?: "message" | "layout";
  description?: string;
  subject?: string;
  html?: string | null;
  text?: string | null;
  mjml?: string | null;
  layout_id?: string | null;
  sample_data?: Record<string, unknown>;
  /** By default "lenient". */
  undefined?: "lenient" | "strict";
}

/** Usage. */
export interface Usage {
  resources: Array<ResourceUsage>;
  held: number;
}

/** Version choice. */
export interface VersionChoice {
  version: number;
}

/** Warmup. */
export interface Warmup {
  id: string;
  address: string;
  node_id: string;
  status: "running" | "held" | "finished";
  why: string;
  schedule: Schedule;
  /** RFC 3339. */
  started_at: string;
  /** RFC 3339. */
  finished_at: string | null;
  standing: Standing;
}

/** Warmup change. */
export interface WarmupChange {
  preset?: "steady" | "hourly" | "even" | "steep" | null;
  schedule?: Schedule | null;
}

/** Warmup page. */
export interface WarmupPage {
  data: Array<Warmup>;
  next: string | null;
}

/** Webhook. */
export interface Webhook {
  id: string;
  url: string;
  description: string;
  events: Array<string>;
  status: "active" | "disabled";
  disabled_reason: "manual" | "gone" | "failing" | null;
  /** RFC 3339. */
  disabled_at: string | null;
  /** RFC 3339. */
  missed_since: string | null;
  /** RFC 3339. */
  old_secret_until: string | null;
  health: WebhookHealth;
  /** RFC 3339. */
  created_at: string;
}

/** Webhook change. */
export interface WebhookChange {
  url?: string;
  events?: Array<string>;
  description?: string;
  status?: "active" | "disabled";
}

/** Webhook delivery. */
export interface WebhookDelivery {
  id: string;
  event_id: string;
  type: string;
  message_id: string | null;
  status: "pending" | "delivered" | "failed";
  given_up: "tries" | "age" | "disabled" | "gone" | null;
  attempts: number;
  /** RFC 3339. */
  attempted_at: string | null;
  /** RFC 3339. */
  next_attempt_at: string | null;
  response_status: number | null;
  response_excerpt: string | null;
  response_ms: number | null;
}

/** Webhook delivery page. */
export interface WebhookDeliveryPage {
  data: Array<WebhookDelivery>;
  next: string | null;
}

/** Webhook exchange. */
export interface WebhookExchange {
  delivery: WebhookDelivery;
  request: SentRequest | null;
  response: Answer | null;
}

/** Webhook health. */
export interface WebhookHealth {
  failures: number;
  /** RFC 3339. */
  failing_since: string | null;
  /** RFC 3339. */
  next_try_at: string | null;
  delivered_24h: number;
  failed_24h: number;
}

/** Webhook page. */
export interface WebhookPage {
  data: Array<Webhook>;
  next: string | null;
}

/** Webhook replay. */
export interface WebhookReplay {
  id: string;
  /** RFC 3339. */
  since: string;
  /** RFC 3339. */
  until: string;
  types: Array<string>;
  status: "running" | "done" | "stopped";
  events: number;
  sent: number;
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  finished_at: string | null;
}

/** Webhook replay page. */
export interface WebhookReplayPage {
  data: Array<WebhookReplay>;
  next: string | null;
}

/** Webhook test. */
export interface WebhookTest {
  delivered: boolean;
  request: SentRequest;
  response: Answer;
}

/** What if. */
export interface WhatIf {
  changes: ShapingChanges;
  /** RFC 3339. */
  since?: string | null;
  /** RFC 3339. */
  until?: string | null;
}

/** What if result. */
export interface WhatIfResult {
  /** RFC 3339. */
  since: string;
  /** RFC 3339. */
  until: string;
  attempts: number;
  complete: boolean;
  rows: Array<EffectRow>;
  slices: Array<Slice>;
}
