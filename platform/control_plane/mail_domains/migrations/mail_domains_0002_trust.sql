alter table mail_domains
  add column dkim_mode text not null default 'txt' check (dkim_mode in ('cname', 'txt')),  -- where the keys are published
  add column dkim_rotate_at timestamptz,                     -- when the keys are due to be replaced; null: by hand only
  add column report_token text not null unique default replace(gen_random_uuid()::text, '-', ''),
                                                             -- left side of the address that its reports come to
  add column proof_missing_since timestamptz,                -- proven, but its proof has been definitely absent since
  add column is_ours boolean not null default false;         -- a sub-domain that the platform gave, in its own zone
;;
grant select (dkim_mode, dkim_rotate_at, report_token, is_ours) on mail_domains to fleetpost_fleet;
;;
-- What the checks of a domain found, newest last; a row is written when something is other than before.
create table domain_checks (
  tenant_id uuid not null,
  id uuid not null,                        -- UUIDv7: when
  domain_id uuid not null,
  status text not null,                    -- the domain's, after the check
  changes jsonb not null,                  -- [{purpose, type, host, before, after, found}]
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
create index domain_checks_by_domain on domain_checks (tenant_id, domain_id, id);
;;
call wall_off('domain_checks');
;;
grant select, insert, delete on domain_checks to fleetpost_app;
;;
call admit_fleet('domain_checks');
;;
grant select (tenant_id, id), delete on domain_checks to fleetpost_fleet;
;;
-- A selector is used again once its former key is retired, so that what customers' CNAME records point to can change.
alter table dkim_keys drop constraint dkim_keys_domain_id_selector_key;
;;
create unique index dkim_keys_one_per_selector on dkim_keys (domain_id, selector) where status <> 'retired';
;;
alter table dkim_keys
  add column seen_at timestamptz,          -- when its record was first seen in DNS
  add column activated_at timestamptz,
  add column retiring_at timestamptz,      -- since when it no longer signs
  add column retired_at timestamptz;       -- since when its record may be gone
;;
call admit_fleet('dkim_keys');
;;
grant select (tenant_id, id, domain_id, status, created_at, seen_at, activated_at, retiring_at) on dkim_keys to fleetpost_fleet;
