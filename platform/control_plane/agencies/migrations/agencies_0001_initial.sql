-- How an agency's pages and the platform's mails to its clients look, and the host name that they are at.
create table brands (
  tenant_id uuid primary key references tenants (id),
  id uuid not null unique,                 -- stands in the addresses of its style sheet and logo, which anybody may read
  name text not null check (length(name) between 1 and 80),
  accent text not null check (accent ~ '^(#[0-9a-f]{6})?$'),       -- '': ours
  accent_dark text not null check (accent_dark ~ '^(#[0-9a-f]{6})?$'),
  support text not null check (length(support) <= 320),
  logo bytea,
  logo_type text check (logo_type in ('image/png', 'image/webp', 'image/jpeg')),
  logo_hash text not null default '',
  host text check (host = lower(host) and length(host) <= 253),
  host_token text not null,                -- what a TXT record beside the host must say
  host_proven_at timestamptz,
  host_checked_at timestamptz,
  created_at timestamptz not null default now(),
  check ((logo is null) = (logo_type is null))
);
;;
-- Several agencies may ask for a host name; one can have proven it.
create unique index brands_by_host on brands (host) where host_proven_at is not null;
;;
call wall_off('brands');
;;
grant select, insert, update, delete on brands to fleetpost_app;
;;
call admit_fleet('brands');
;;
grant select, delete, update (host_proven_at, host_checked_at) on brands to fleetpost_fleet;
;;
grant select (status, findings) on mail_domains to fleetpost_fleet;
;;
-- The brand that a tenant's pages wear: its own or that of the nearest tenant above it. For the tenant itself, and for
-- the fleet role, which writes the platform's mails.
create function brand_worn_by(wanted uuid) returns table (tenant_id uuid, id uuid, name text, accent text, accent_dark text, support text, logo_hash text, host text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select b.tenant_id, b.id, b.name, b.accent, b.accent_dark, b.support, b.logo_hash,
    case when b.host_proven_at is not null then b.host end
  from tenants t join brands b on b.tenant_id = any (t.path) join tenants owner on owner.id = b.tenant_id
  where t.id = wanted and (session_user = 'fleetpost_fleet' or wanted = app_tenant())
  order by cardinality(owner.path) desc limit 1;
end;
;;
-- The brand of a host name, for who has not signed in yet. What it gives is on that host's sign-in page anyway.
create function brand_at_host(wanted text) returns table (tenant_id uuid, id uuid, name text, accent text, accent_dark text, support text, logo_hash text, host text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select b.tenant_id, b.id, b.name, b.accent, b.accent_dark, b.support, b.logo_hash, b.host
  from brands b join tenants t on t.id = b.tenant_id
  where b.host = wanted and b.host_proven_at is not null and t.erased_at is null;
end;
;;
-- The colours and the logo behind a style sheet's address: public, as on any sign-in page, and by an unguessable id.
create function brand_assets(wanted uuid) returns table (accent text, accent_dark text, logo bytea, logo_type text, logo_hash text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select b.accent, b.accent_dark, b.logo, b.logo_type, b.logo_hash from brands b where b.id = wanted;
end;
;;
-- How many domains each tenant below the bound one has in each state: numbers for its agency, no names.
create function domains_below() returns table (tenant_id uuid, verified bigint, attention bigint, pending bigint, failed bigint)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select d.tenant_id,
    count(*) filter (where d.status = 'verified' and not d.unhealthy),
    count(*) filter (where d.status = 'degraded' or d.status = 'verified' and d.unhealthy),
    count(*) filter (where d.status = 'pending'), count(*) filter (where d.status = 'failed')
  from (
    select m.tenant_id, m.status, m.findings @? '$[*] ? (@.status == "missing" || @.status == "wrong")' as unhealthy
    from mail_domains m join tenants t on t.id = m.tenant_id
    where session_user = 'fleetpost_fleet' or t.path @> array[app_tenant()]
  ) d group by d.tenant_id;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function brand_worn_by owner to fleetpost_fleet;
;;
alter function brand_at_host owner to fleetpost_fleet;
;;
alter function brand_assets owner to fleetpost_fleet;
;;
alter function domains_below owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function brand_worn_by, brand_at_host, brand_assets, domains_below from public;
;;
grant execute on function brand_worn_by, brand_at_host, brand_assets, domains_below to fleetpost_app, fleetpost_fleet;
