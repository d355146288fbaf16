-- Whose keys, or whose state, changed and when: what web processes ask for every second, so that they may remember keys.
create table key_changes (
  tenant_id uuid primary key references tenants (id),
  at timestamptz not null
);
;;
create index key_changes_by_time on key_changes (at);
;;
call wall_off('key_changes');
;;
call admit_fleet('key_changes');
;;
grant select, insert, update, delete on key_changes to fleetpost_fleet;
;;
create function note_key_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare changed uuid;
begin
  if tg_table_name = 'tenants' then changed := new.id; else changed := new.tenant_id; end if;
  insert into key_changes (tenant_id, at) values (changed, clock_timestamp())
    on conflict (tenant_id) do update set at = excluded.at;
  return null;
end $$;
;;
-- Give the tenants whose remembered keys are to be forgotten: no more than that something changed is told.
create function tenants_with_key_changes(seconds int) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select tenant_id from key_changes where at >= clock_timestamp() - make_interval(secs => seconds);
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function note_key_change owner to fleetpost_fleet;
;;
alter function tenants_with_key_changes owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function note_key_change, tenants_with_key_changes from public;
;;
grant execute on function tenants_with_key_changes to fleetpost_app;
;;
create trigger note_key_change after update of secret_hash, scopes, expires_at, revoked_at, name, allowed_domains,
  allowed_networks, requests_per_minute on api_keys for each row execute function note_key_change();
;;
create trigger note_key_change after update of status, kind, erased_at on tenants for each row execute function note_key_change();
;;
-- The same as before, in a language that keeps the plan: each call planned its query anew, which took longer than the look-up.
create or replace function find_api_key(wanted text)
returns table (tenant_id uuid, id uuid, name text, secret_hash bytea, scopes text[], tenant_kind text, tenant_status text,
  allowed_domains text[], allowed_networks cidr[], requests_per_minute int, expires_at timestamptz)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select k.tenant_id, k.id, k.name, k.secret_hash, k.scopes, t.kind, t.status,
      k.allowed_domains, k.allowed_networks, k.requests_per_minute, k.expires_at
    from api_keys k join tenants t on t.id = k.tenant_id
    where k.lookup = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and t.erased_at is null;
end $$;
