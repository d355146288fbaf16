create table mail_domains (
  tenant_id uuid not null references tenants (id),
  id uuid not null unique,
  name text not null check (name = lower(name) and length(name) <= 253),  -- A-labels
  status text not null default 'pending' check (status in ('pending', 'verified', 'degraded', 'failed')),
  ownership_token text not null,
  proven_at timestamptz,
  checked_at timestamptz,
  next_check_at timestamptz,
  checks_failed int not null default 0,    -- in a row, since the last one that found the proof
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
grant select (id, tenant_id, name, proven_at, next_check_at) on mail_domains to fleetpost_fleet;
;;
-- Say whether one of these names is proven by somebody else: the app role itself cannot see other tenants' domains.
create function proven_by_another(wanted text[]) returns boolean
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select exists (select from mail_domains d
                 where d.name = any (wanted) and d.proven_at is not null and d.tenant_id is distinct from app_tenant());
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function proven_by_another owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function proven_by_another from public;
;;
grant execute on function proven_by_another to fleetpost_app;
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
