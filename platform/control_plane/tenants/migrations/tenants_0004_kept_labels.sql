-- Take away some rows of an erased tenant from one table or partition. Runs as the tables' owner. What the fleet and the
-- law need stays: the audit log, what was withdrawn from the nodes, and the names below the platform's own that it had:
-- whoever had one next would get mail that is meant for the erased.
create or replace function erase_rows(target text, gone uuid, most int) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare erased int;
begin
  if target in ('audit_log', 'audit_heads', 'node_items', 'placements', 'ip_pools', 'platform_labels') then
    raise exception '% is kept', target using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from tenants where id = gone and erased_at is not null) then
    raise exception 'this tenant was not erased' using errcode = 'insufficient_privilege';
  end if;
  execute format('delete from public.%1$I where tenant_id = $1 and ctid = any (array(select ctid from public.%1$I where tenant_id = $1 limit $2))',
                 target) using gone, most;
  get diagnostics erased = row_count;
  return erased;
end $$;
