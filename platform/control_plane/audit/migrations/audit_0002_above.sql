-- Append to one tenant's log. The application role may write to the bound tenant's; and to that of a tenant above it whose
-- people act for it, so that an act on behalf stands in both. Their grant is not asked for here: this runs last in a
-- transaction, and the act may have been to give the grant back.
create or replace function audit_append(owner uuid, entry_id uuid, moment timestamptz, kind text, who text, who_name text,
  belongs_to uuid, behalf_of uuid, from_address text, what text, on_what text, change jsonb)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head audit_heads; entry audit_log;
begin
  if session_user <> 'fleetpost_fleet' and owner is distinct from app_tenant() and not
    (belongs_to is not distinct from owner and behalf_of is not distinct from app_tenant() and exists
      (select from tenants t where t.id = app_tenant() and t.path @> array[owner])) then
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
