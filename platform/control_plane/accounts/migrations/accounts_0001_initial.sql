create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null default '',
  password_hash text not null,
  created_at timestamptz not null default now()
);
;;
-- People are global, one person may belong to several tenants: no tenant_id. The app role reads them to sign in.
grant select on users to fleetpost_app;
;;
grant select, insert, update on users to fleetpost_fleet;
;;
create table memberships (
  tenant_id uuid not null references tenants (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'admin', 'developer', 'marketer', 'support', 'billing')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
;;
call wall_off('memberships');
;;
create policy self on memberships for select to fleetpost_app using (user_id = app_user());
;;
grant select, insert, update, delete on memberships to fleetpost_app;
;;
call admit_fleet('memberships');
;;
grant select, insert on memberships to fleetpost_fleet;
;;
create table api_keys (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null,
  lookup text not null unique,
  secret_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
;;
call wall_off('api_keys');
;;
grant select, insert, update on api_keys to fleetpost_app;
;;
call admit_fleet('api_keys');
;;
grant select, insert on api_keys to fleetpost_fleet;
;;
-- Find a live key before the tenant is known. Runs as the fleet role; gives one row by an unguessable look-up.
create function find_api_key(wanted text)
returns table (tenant_id uuid, id uuid, secret_hash bytea, scopes text[], tenant_kind text, tenant_status text)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select k.tenant_id, k.id, k.secret_hash, k.scopes, t.kind, t.status
  from api_keys k join tenants t on t.id = k.tenant_id
  where k.lookup = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function find_api_key owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function find_api_key from public;
;;
grant execute on function find_api_key to fleetpost_app;
