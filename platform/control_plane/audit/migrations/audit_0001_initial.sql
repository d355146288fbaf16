-- What was done, by whom, for whom: appended only, each entry's hash made of the one before.
create table audit_log (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'key', 'system')),
  actor_id text not null,                  -- public id of the person or key
  actor_name text not null,
  actor_tenant_id uuid,                    -- where they belong; another tenant's when they acted on behalf
  on_behalf_of uuid,                       -- in an agency's own log: the client that was acted for
  address text not null,
  action text not null,
  target text not null,
  changes jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (tenant_id, seq)
);
;;
call wall_off('audit_log');
;;
grant select on audit_log to fleetpost_app;
;;
call admit_fleet('audit_log');
;;
grant select, insert on audit_log to fleetpost_fleet;
;;
create unique index audit_log_by_id on audit_log (tenant_id, id);
;;
-- The end of each chain; its row lock puts a tenant's entries in order.
create table audit_heads (
  tenant_id uuid primary key references tenants (id),
  seq bigint not null default 0,
  hash bytea not null default '\x'
);
;;
call wall_off('audit_heads');
;;
grant select on audit_heads to fleetpost_app;
;;
call admit_fleet('audit_heads');
;;
grant select, insert, update on audit_heads to fleetpost_fleet;
;;
-- SHA-256 of the entry as a JSON array with the hash before it; times are microseconds since 1970.
create function audit_hash(entry audit_log) returns bytea language sql immutable parallel safe
return sha256(convert_to(jsonb_build_array(
  encode(entry.previous_hash, 'hex'), entry.tenant_id, entry.seq, entry.id, (extract(epoch from entry.at) * 1000000)::bigint,
  entry.actor_kind, entry.actor_id, entry.actor_name, entry.actor_tenant_id, entry.on_behalf_of, entry.address,
  entry.action, entry.target, entry.changes)::text, 'UTF8'));
;;
-- Append to one tenant's log. The application role may write to the bound tenant's, and to that of an agency which the
-- bound tenant has granted, so that an act on behalf stands in both.
create function audit_append(owner uuid, entry_id uuid, moment timestamptz, kind text, who text, who_name text, belongs_to uuid,
  behalf_of uuid, from_address text, what text, on_what text, change jsonb)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head audit_heads; entry audit_log;
begin
  if session_user <> 'fleetpost_fleet' and owner is distinct from app_tenant() and not exists
    (select from tenant_grants g where g.tenant_id = app_tenant() and g.grantee_id = owner) then
    raise exception 'the log of another tenant' using errcode = 'insufficient_privilege';
  end if;
  insert into audit_heads (tenant_id) values (owner) on conflict do nothing;
  select * into head from audit_heads where tenant_id = owner for update;
  entry := row(owner, head.seq + 1, entry_id, moment, kind, who, who_name, belongs_to, behalf_of, from_address, what, on_what,
    change, head.hash, null);
  entry.hash := audit_hash(entry);
  insert into audit_log select entry.*;
  update audit_heads set seq = entry.seq, hash = entry.hash where tenant_id = owner;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function audit_append owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function audit_append from public;
;;
grant execute on function audit_append to fleetpost_app, fleetpost_fleet;
