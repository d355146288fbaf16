-- What nodes may let a tenant submit by SMTP, counted in the tenant's counters before it is used.
create table quota_leases (
  tenant_id uuid not null references tenants (id),
  node_id uuid not null references nodes (id),
  time_window text not null,               -- as nodes name it: 2026-11-22T07, 2026-11-22, 2026-11; or unlimited
  begins_at timestamptz not null,
  ends_at timestamptz not null,
  granted bigint not null,                 -- counted; without a limit: how much of `used` is counted
  told bigint not null,                    -- what the node was told last: less than granted while some is called back
  used bigint not null default 0,          -- as the node said
  wanted bigint not null default 0,        -- what it asked for beyond
  is_all boolean not null default false,   -- it was told that there is no more
  primary key (tenant_id, node_id, time_window)
) with (fillfactor = 70);
;;
create index quota_leases_by_end on quota_leases (ends_at);
;;
create index quota_leases_by_node on quota_leases (node_id);
;;
call wall_off('quota_leases');
;;
grant select, insert, update, delete on quota_leases to fleetpost_app;
;;
call admit_fleet('quota_leases');
;;
grant select, update (used, wanted) on quota_leases to fleetpost_fleet;
;;
-- The nodes of a tenant: which generation its grants are of there (none: nothing is said or it was refused), and whether
-- it can submit mail there.
create function quota_nodes(owner uuid) returns table (node_id uuid, generation bigint, takes boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'nodes of another tenant' using errcode = 'insufficient_privilege';
  end if;
  return query
    select n.id, case when i.quarantined is null then i.generation end,
      n.roles @> array['outbound', 'mailbox'] and n.status in ('enrolling', 'ready', 'draining')
    from nodes n join placements p on p.node_id = n.id
    left join node_items i on i.node_id = n.id and i.kind = 'quota' and i.tenant_id = owner
    where p.tenant_id = owner and n.status <> 'retired' order by n.id;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function quota_nodes owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function quota_nodes from public;
;;
grant execute on function quota_nodes to fleetpost_app;
