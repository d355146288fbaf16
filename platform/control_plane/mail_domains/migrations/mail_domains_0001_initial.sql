create table mail_domains (
  tenant_id uuid not null references tenants (id),
  id uuid not null unique,
  name text not null check (name = lower(name) and length(name) <= 253),  -- A-labels
  status text not null default 'pending' check (status in ('pending', 'verified', 'degraded', 'failed')),
  ownership_token text not null,
  proven_at timestamptz,
  checked_at timestamptz,
  next_check_at timestamptz,
  findings jsonb not null default '[]',    -- the last check: what was found for each record
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
;;
-- Several tenants may claim a name; only one can have proven it.
create unique index mail_domains_one_owner on mail_domains (name) where proven_at is not null;
;;
create index mail_domains_due on mail_domains (next_check_at) where next_check_at is not null;
;;
call wall_off('mail_domains');
;;
grant select, insert, update, delete on mail_domains to fleetpost_app;
;;
call admit_fleet('mail_domains');
;;
grant select (id, tenant_id, next_check_at) on mail_domains to fleetpost_fleet;
;;
create table dkim_keys (
  tenant_id uuid not null,
  id uuid not null,
  domain_id uuid not null,
  selector text not null check (selector ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  algorithm text not null check (algorithm in ('rsa', 'ed25519')),
  private_key bytea not null,              -- encrypted, purpose dkim_keys.private_key
  public_key text not null,                -- base64, as in the p= tag
  status text not null default 'pending' check (status in ('pending', 'active', 'retiring', 'retired')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade,
  unique (domain_id, selector)
);
;;
call wall_off('dkim_keys');
;;
grant select, insert, update, delete on dkim_keys to fleetpost_app;
