-- What other mail systems report about the tenants' domains. A report is kept with its records, for who wants to read it;
-- pages ask the roll-ups.
create table dmarc_reports (
  tenant_id uuid not null,
  id uuid not null,                        -- UUIDv7: when it arrived
  domain_id uuid not null,
  reporter text not null,
  contact text not null,
  report_id text not null,                 -- the reporter's
  begins_at timestamptz not null,
  ends_at timestamptz not null,
  policy jsonb not null,                   -- as the reporter found it published
  messages bigint not null,
  passed bigint not null,
  record_count int not null,
  left_out int not null,                   -- records that made no sense, or were about somebody else's domain
  errors text[] not null default '{}',     -- what the reporter says went wrong
  records jsonb not null,                  -- the largest of them
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
-- A report that is mailed twice counts once.
create unique index dmarc_reports_once on dmarc_reports (tenant_id, domain_id, reporter, report_id);
;;
create index dmarc_reports_by_domain on dmarc_reports (tenant_id, domain_id, id);
;;
call wall_off('dmarc_reports');
;;
grant select, insert on dmarc_reports to fleetpost_app;
;;
call admit_fleet('dmarc_reports');
;;
grant select (tenant_id, id), delete on dmarc_reports to fleetpost_fleet;
;;
create table dmarc_rows (
  tenant_id uuid not null,
  domain_id uuid not null,
  day date not null,                       -- UTC, of the middle of the report's period
  source_ip inet not null,
  kind text not null check (kind in ('ours', 'forwarded', 'service', 'foreign')),
  disposition text not null,
  dkim_aligned bool not null,
  spf_aligned bool not null,
  header_from text not null,
  dkim_domain text not null,               -- whose signature was good; empty: nobody's
  spf_domain text not null,                -- whose SPF passed; empty: nobody's
  messages bigint not null,
  primary key (tenant_id, domain_id, day, source_ip, kind, disposition, dkim_aligned, spf_aligned, header_from,
    dkim_domain, spf_domain),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
create index dmarc_rows_by_source on dmarc_rows (tenant_id, domain_id, source_ip, day);
;;
create index dmarc_rows_by_day on dmarc_rows using brin (day);
;;
call wall_off('dmarc_rows');
;;
grant select, insert, update (messages) on dmarc_rows to fleetpost_app;
;;
call admit_fleet('dmarc_rows');
;;
grant select (day), delete on dmarc_rows to fleetpost_fleet;
;;
-- The same by day and kind only: charts, totals and advice read a handful of rows however many sources there are.
create table dmarc_days (
  tenant_id uuid not null,
  domain_id uuid not null,
  day date not null,
  kind text not null check (kind in ('ours', 'forwarded', 'service', 'foreign')),
  messages bigint not null,
  passed bigint not null,                  -- aligned by DKIM, SPF or both
  dkim_aligned bigint not null,
  spf_aligned bigint not null,
  quarantined bigint not null,
  rejected bigint not null,
  primary key (tenant_id, domain_id, day, kind),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
call wall_off('dmarc_days');
;;
grant select, insert, update (messages, passed, dkim_aligned, spf_aligned, quarantined, rejected) on dmarc_days
  to fleetpost_app;
;;
call admit_fleet('dmarc_days');
;;
grant select (day), delete on dmarc_days to fleetpost_fleet;
;;
create table tls_reports (
  tenant_id uuid not null,
  id uuid not null,                        -- UUIDv7: when it arrived
  domain_id uuid not null,
  reporter text not null,
  contact text not null,
  report_id text not null,
  begins_at timestamptz not null,
  ends_at timestamptz not null,
  succeeded bigint not null,
  failed bigint not null,
  policies jsonb not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
create unique index tls_reports_once on tls_reports (tenant_id, domain_id, reporter, report_id);
;;
create index tls_reports_by_domain on tls_reports (tenant_id, domain_id, id);
;;
call wall_off('tls_reports');
;;
grant select, insert on tls_reports to fleetpost_app;
;;
call admit_fleet('tls_reports');
;;
grant select (tenant_id, id), delete on tls_reports to fleetpost_fleet;
;;
create table tls_rows (
  tenant_id uuid not null,
  domain_id uuid not null,
  day date not null,
  kind text not null check (kind in ('sts', 'tlsa', 'no-policy-found')),
  result text not null,                    -- why sessions failed; empty: they did not
  mx text not null,                        -- as far as the reporter says
  sessions bigint not null,
  primary key (tenant_id, domain_id, day, kind, result, mx),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
call wall_off('tls_rows');
;;
grant select, insert, update (sessions) on tls_rows to fleetpost_app;
;;
call admit_fleet('tls_rows');
;;
grant select (day), delete on tls_rows to fleetpost_fleet;
;;
-- Somebody marked a mail as spam, and their provider told us.
create table complaints (
  tenant_id uuid not null,
  id uuid not null,                        -- UUIDv7: when it arrived
  domain_id uuid not null,
  kind text not null,                      -- as in RFC 5965: abuse, fraud, …
  reporter text not null,
  recipient text not null,                 -- as far as the report says; empty: it does not
  message_id uuid,                         -- ours, as are the following, if the mail was
  delivery_id uuid,
  fingerprint bytea not null,              -- of what is complained about: a complaint that is mailed twice counts once
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade,
  unique (tenant_id, fingerprint)
);
;;
create index complaints_by_domain on complaints (tenant_id, domain_id, id);
;;
call wall_off('complaints');
;;
grant select, insert on complaints to fleetpost_app;
;;
call admit_fleet('complaints');
;;
grant select (tenant_id, id), delete on complaints to fleetpost_fleet;
