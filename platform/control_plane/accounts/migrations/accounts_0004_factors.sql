-- What people prove with who they are, beside a password, and the providers that tenants let their people sign in by.

-- Put a person's wall around a table: nobody bound, no rows.
create procedure wall_off_person(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy self on %s to fleetpost_app using (user_id = app_user()) with check (user_id = app_user())', target);
end $$;
;;
create table totp_secrets (
  user_id uuid primary key references users (id) on delete cascade,
  secret bytea not null,                   -- encrypted, purpose totp_secrets.secret
  confirmed_at timestamptz,                -- null: it was shown but no code was given yet, and it counts for nothing
  last_step bigint not null default 0,     -- the 30 seconds of the last code that was used: each is good once
  created_at timestamptz not null default now()
);
;;
call wall_off_person('totp_secrets');
;;
grant select, insert, update, delete on totp_secrets to fleetpost_app;
;;
create table passkeys (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  name text not null check (length(name) between 1 and 100),
  credential_id bytea not null unique,
  public_key bytea not null,               -- COSE
  sign_count bigint not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
;;
call wall_off_person('passkeys');
;;
create index passkeys_by_user on passkeys (user_id, id);
;;
grant select, insert, update, delete on passkeys to fleetpost_app;
;;
create table recovery_codes (
  user_id uuid not null references users (id) on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);
;;
call wall_off_person('recovery_codes');
;;
grant select, insert, update, delete on recovery_codes to fleetpost_app;
;;
-- The OpenID provider of a tenant's own organisation.
create table identity_providers (
  tenant_id uuid not null references tenants (id),
  id uuid not null unique,
  issuer text not null,
  client_id text not null,
  client_secret bytea not null,            -- encrypted, purpose identity_providers.client_secret
  email_domains text[] not null,           -- each counts only while the tenant has proven it as a mail domain
  enforced boolean not null default false, -- people of these domains reach this tenant by the provider only
  default_role text not null check (default_role in ('admin', 'developer', 'marketer', 'support', 'billing')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id)
);
;;
call wall_off('identity_providers');
;;
grant select, insert, update, delete on identity_providers to fleetpost_app;
;;
call admit_fleet('identity_providers');
;;
grant select, delete on identity_providers to fleetpost_fleet;
;;
-- Who a provider's people are here: known by its own name for them, not by an address.
create table provider_identities (
  tenant_id uuid not null references tenants (id),
  provider_id uuid not null,
  subject text not null,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  primary key (tenant_id, provider_id, subject),
  foreign key (tenant_id, provider_id) references identity_providers (tenant_id, id) on delete cascade
);
;;
call wall_off('provider_identities');
;;
grant select, delete on provider_identities to fleetpost_app;
;;
call admit_fleet('provider_identities');
;;
grant select, insert, update, delete on provider_identities to fleetpost_fleet;
;;
create view proven_provider_domains as
select p.tenant_id, p.id as provider_id, d.name as domain, p.enforced
from identity_providers p
join mail_domains d on d.tenant_id = p.tenant_id and d.name = any (p.email_domains) and d.proven_at is not null
join tenants t on t.id = p.tenant_id and t.erased_at is null;
;;
-- Where the bound person may be: `through` is the agency that they reach a client by, `granted` the role that the client
-- gave it; `provider_only`: not after a password or a link, since the tenant has its people sign in by its provider.
create view own_places with (security_barrier) as
with belongs as (
  select m.tenant_id, m.role, m.created_at, m.role <> 'owner' and exists (
      select from proven_provider_domains d join users u on u.id = app_user()
      where d.tenant_id = m.tenant_id and d.enforced and d.domain = split_part(u.email, '@', -1)) as provider_only
  from memberships m where m.user_id = app_user()
)
select t.id as tenant_id, t.name, t.slug, t.kind, t.status, b.role, b.created_at as since,
  null::uuid as through, null::text as through_name, null::text as granted, b.provider_only
from belongs b join tenants t on t.id = b.tenant_id
where t.erased_at is null
union all
select t.id, t.name, t.slug, t.kind, t.status, b.role, g.created_at, b.tenant_id, agency.name, g.role, b.provider_only
from belongs b join tenants agency on agency.id = b.tenant_id and agency.erased_at is null
join tenant_grants g on g.grantee_id = b.tenant_id
join tenants t on t.id = g.tenant_id and t.erased_at is null and t.path @> array[b.tenant_id]
where not exists (select from memberships own where own.user_id = app_user() and own.tenant_id = t.id);
;;
-- Find whose passkey this is, before anybody is known.
create function find_passkey(wanted bytea) returns table (user_id uuid, email text, name text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select u.id, u.email, u.name from passkeys p join users u on u.id = p.user_id where p.credential_id = wanted;
end;
;;
call admit_fleet('passkeys');
;;
grant select (user_id, credential_id) on passkeys to fleetpost_fleet;
;;
-- Find the provider that an address's domain is signed in by; only one tenant can have proven it.
create function find_identity_provider(wanted text) returns table (tenant_id uuid, provider_id uuid, enforced boolean)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select d.tenant_id, d.provider_id, d.enforced from proven_provider_domains d where d.domain = wanted;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter view proven_provider_domains owner to fleetpost_fleet;
;;
alter view own_places owner to fleetpost_fleet;
;;
alter function find_passkey owner to fleetpost_fleet;
;;
alter function find_identity_provider owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
grant select on own_places to fleetpost_app;
;;
revoke execute on function find_passkey, find_identity_provider from public;
;;
grant execute on function find_passkey, find_identity_provider to fleetpost_app;
