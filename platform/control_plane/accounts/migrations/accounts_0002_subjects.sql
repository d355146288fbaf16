-- People see themselves and those they share a tenant with; keys are bound to domains, networks and a rate.
alter table users
  alter column password_hash drop not null,       -- who signs in by link, passkey or a provider has none
  add column email_verified_at timestamptz,
  add column password_changed_at timestamptz,
  add column locale text;                         -- null: what the browser asks for
;;
alter table users enable row level security;
;;
alter table users force row level security;
;;
create policy self on users to fleetpost_app using (id = app_user()) with check (id = app_user());
;;
create policy colleagues on users for select to fleetpost_app
  using (exists (select from memberships m where m.user_id = users.id and m.tenant_id = app_tenant()));
;;
call admit_fleet('users');
;;
revoke select on users from fleetpost_app;
;;
-- Not the password's hash: that is read by `find_user`, one row by its address, when somebody signs in.
grant select (id, email, name, locale, email_verified_at, password_changed_at, created_at),
  update (name, locale, password_hash, password_changed_at) on users to fleetpost_app;
;;
create index memberships_by_user on memberships (user_id);
;;
-- Find who wants to sign in.
create function find_user(wanted text) returns table (id uuid, email text, name text, password_hash text, locale text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select u.id, u.email, u.name, u.password_hash, u.locale from users u where u.email = wanted;
end;
;;
-- Where the person that is bound (`app.user_id`) may be: their own tenants, and the clients that granted one of these.
-- `through` is the agency that they reach a client by; `granted` is the role that the client gave it.
create function places_of_user() returns table (tenant_id uuid, name text, slug text, kind text, status text, role text, through uuid, granted text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select t.id, t.name, t.slug, t.kind, t.status, m.role, null::uuid, null::text
  from memberships m join tenants t on t.id = m.tenant_id
  where m.user_id = app_user() and t.erased_at is null
  union all
  select t.id, t.name, t.slug, t.kind, t.status, m.role, m.tenant_id, g.role
  from memberships m join tenant_grants g on g.grantee_id = m.tenant_id join tenants t on t.id = g.tenant_id
  where m.user_id = app_user() and t.path @> array[m.tenant_id] and t.erased_at is null
    and not exists (select from memberships own where own.user_id = app_user() and own.tenant_id = t.id);
end;
;;
alter table api_keys
  add column allowed_domains text[] not null default '{}',   -- mail domains; empty: all of the tenant's
  add column allowed_networks cidr[] not null default '{}',  -- empty: from anywhere
  add column requests_per_minute int check (requests_per_minute > 0),
  add column last_used_at timestamptz,
  add column last_used_address inet,
  add column created_by text not null default '';            -- the actor's name
;;
drop function find_api_key;
;;
-- Find a live key before the tenant is known. Runs as the fleet role; gives one row by an unguessable look-up.
create function find_api_key(wanted text)
returns table (tenant_id uuid, id uuid, name text, secret_hash bytea, scopes text[], tenant_kind text, tenant_status text,
  allowed_domains text[], allowed_networks cidr[], requests_per_minute int)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select k.tenant_id, k.id, k.name, k.secret_hash, k.scopes, t.kind, t.status,
    k.allowed_domains, k.allowed_networks, k.requests_per_minute
  from api_keys k join tenants t on t.id = k.tenant_id
  where k.lookup = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and t.erased_at is null;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function find_user owner to fleetpost_fleet;
;;
alter function places_of_user owner to fleetpost_fleet;
;;
alter function find_api_key owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function find_user, places_of_user, find_api_key from public;
;;
grant execute on function find_user, places_of_user, find_api_key to fleetpost_app;
