-- The life of a tenant: what its state means for the fleet, who may act for it, and its end.
alter table tenants
  add column settled_status text not null default 'active',   -- the state that nodes and queue are in; `status` is what they should be in
  add column status_changed_at timestamptz not null default now(),
  add column emptied_at timestamptz;                          -- after `erased_at`: nothing of it is left but this row and its audit log
;;
create index tenants_suspended on tenants (id) where status = 'suspended' and emptied_at is null;
;;
create index tenants_unsettled on tenants (status_changed_at) where settled_status <> status and erased_at is null;
;;
create index tenants_ending on tenants (closing_at) where closing_at is not null and emptied_at is null;
;;
-- The tree has one lock. Who adds a tenant shares it; who moves a branch, or changes what follows for a branch, has it
-- alone: so nothing appears below a branch while it is being moved or suspended.
create or replace function take_place_in_tree() returns trigger language plpgsql as $$
declare above record;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('fleetpost tree', 0));
  select path, status into above from tenants where id = new.parent_id;
  new.path := coalesce(above.path, '{}') || new.id;
  new.status := worse_status(new.own_status, coalesce(above.status, 'active'));
  return new;
end $$;
;;
create function lock_tree() returns void language sql volatile
return pg_advisory_xact_lock(hashtextextended('fleetpost tree', 0));
;;
-- Who stands above the bound tenant, nearest first: those it may let act for it.
create function ancestors() returns table (id uuid, name text, kind text, depth int)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select above.id, above.name, above.kind, cardinality(above.path)
  from tenants me join tenants above on above.id = any (me.path) and above.id <> me.id
  where me.id = app_tenant() order by 4 desc;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function ancestors owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function ancestors from public;
;;
grant execute on function ancestors to fleetpost_app;
;;
-- Rows of an erased tenant are taken away by the tables' owner, and of no other tenant: FORCE binds the owner too.
create policy erasure on tenants for select to current_user using (erased_at is not null);
;;
create or replace procedure wall_off(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s to fleetpost_app using (tenant_id = app_tenant()) with check (tenant_id = app_tenant())', target);
  call admit_erasure(target);
end $$;
;;
create procedure admit_erasure(target regclass) language plpgsql as $$
begin
  execute format('create policy erasure on %s to current_user using (tenant_id in (select id from tenants where erased_at is not null))', target);
end $$;
;;
do $$
declare walled regclass;
begin
  for walled in
    select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relforcerowsecurity
  loop
    call admit_erasure(walled);
  end loop;
end $$;
;;
-- Take away some rows of an erased tenant from one table or partition. Runs as the tables' owner. What the fleet and the
-- law need stays: the audit log, and what was withdrawn from the nodes.
create function erase_rows(target text, gone uuid, most int) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare erased int;
begin
  if target in ('audit_log', 'audit_heads', 'node_items', 'placements', 'ip_pools') then
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
;;
revoke execute on function erase_rows from public;
;;
grant execute on function erase_rows to fleetpost_fleet;
