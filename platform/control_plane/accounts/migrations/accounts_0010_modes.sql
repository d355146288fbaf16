-- A key of the mode `test` sends nothing out. It is one for life.
alter table api_keys add column mode text not null default 'live' check (mode in ('live', 'test'));
;;
drop function find_api_key;
;;
-- Find a live key before the tenant is known. Runs as the fleet role; gives one row by an unguessable look-up.
create function find_api_key(wanted text)
returns table (tenant_id uuid, id uuid, name text, secret_hash bytea, scopes text[], tenant_kind text, tenant_status text,
  allowed_domains text[], allowed_networks cidr[], requests_per_minute int, expires_at timestamptz, mode text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select k.tenant_id, k.id, k.name, k.secret_hash, k.scopes, t.kind, t.status,
      k.allowed_domains, k.allowed_networks, k.requests_per_minute, k.expires_at, k.mode
    from api_keys k join tenants t on t.id = k.tenant_id
    where k.lookup = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and t.erased_at is null;
end $$;
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
