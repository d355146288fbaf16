-- What waits and nobody may take just now: every node that could was offered it and gave it back.
alter table deliveries add column parked_until timestamptz;
;;
alter table deliveries add column returned_at timestamptz;  -- when a node last gave it back; see `returns`
;;
grant update (parked_until, returned_at) on deliveries to fleetpost_fleet;
;;
-- What waits for a node, each tenant's by itself: whose turn it is says `turns`.
drop index deliveries_waiting;
;;
create index deliveries_waiting on deliveries (pool_id, tenant_id, id)
  where status = 'accepted' and lease_id is null and parked_until is null;
;;
create index deliveries_parked on deliveries (parked_until) where parked_until is not null;
;;
create index leases_by_node on leases (node_id) where revoked_at is null;
;;
-- Why a node did not send what it had taken, and until when it will not take it again.
create table returns (
  tenant_id uuid not null references tenants (id),
  delivery_id uuid not null,
  node_id uuid not null references nodes (id),
  not_before timestamptz not null,
  reason text not null,
  returned_at timestamptz not null,
  primary key (tenant_id, delivery_id, node_id)
);
;;
create index returns_by_age on returns (returned_at);
;;
call wall_off('returns');
;;
grant select on returns to fleetpost_app;
;;
call admit_fleet('returns');
;;
grant select, insert, update, delete on returns to fleetpost_fleet;
;;
-- Whose turn it is in a pool (start-time fair queueing): a tenant whose mail waits stands at `start` on the pool's clock,
-- which counts deliveries, and moves on by one over its weight with each that is claimed. Who stands lowest is next.
create table turns (
  tenant_id uuid not null references tenants (id),
  pool_id uuid not null,
  start double precision not null,
  waiting boolean not null,                -- false: nothing of it waits here
  primary key (tenant_id, pool_id)
) with (fillfactor = 50);
;;
create index turns_waiting on turns (pool_id, start) where waiting;
;;
call wall_off('turns');
;;
call admit_fleet('turns');
;;
grant select, insert, update, delete on turns to fleetpost_fleet;
;;
-- How far each pool has come. Who comes back after a pause stands here, and not where it left: what was not used is gone.
create table turn_clocks (
  pool_id uuid primary key,
  at double precision not null
) with (fillfactor = 50);
;;
grant select, insert, update on turn_clocks to fleetpost_fleet;
;;
-- Note that a tenant's deliveries wait in pools, in the transaction that lets them wait, near its end. The row stays
-- share-locked until that is committed: nobody says meanwhile that nothing waits, and claims are not held up.
create function await_turns(owner uuid, pools uuid[]) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  pool uuid; is_waiting boolean;
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'turns of another tenant' using errcode = 'insufficient_privilege';
  end if;
  for pool in select distinct p from unnest(pools) p order by p loop
    loop
      select t.waiting into is_waiting from turns t where t.tenant_id = owner and t.pool_id = pool for key share;
      if is_waiting is null then
        insert into turns (tenant_id, pool_id, start, waiting)
        values (owner, pool, coalesce((select c.at from turn_clocks c where c.pool_id = pool), 0), true)
        on conflict do nothing;
        exit when found;  -- else somebody was quicker: look again
      elsif is_waiting then
        exit;
      else
        update turns t set waiting = true,
          start = greatest(t.start, (select c.at from turn_clocks c where c.pool_id = pool))
        where t.tenant_id = owner and t.pool_id = pool and not t.waiting;
        exit;
      end if;
    end loop;
  end loop;
end $$;
;;
-- Move on who was served, the pools' clocks with them, and let those rest of whom nothing waits any more. Who lets
-- something wait at this moment has its row share-locked, and is passed over.
create function end_turns(owners uuid[], pools uuid[], advances float8[], levels float8[], emptied boolean[])
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from turns t join unnest(owners, pools) as g (tenant_id, pool_id) using (tenant_id, pool_id)
    order by t.tenant_id, t.pool_id for no key update of t;
  update turns t set start = g.advance + greatest(t.start,  -- nobody saves up more than a thousand
      (select c.at - 1000 from turn_clocks c where c.pool_id = t.pool_id))
    from unnest(owners, pools, advances) as g (tenant_id, pool_id, advance)
    where t.tenant_id = g.tenant_id and t.pool_id = g.pool_id and g.advance > 0;
  insert into turn_clocks as c (pool_id, at)
    select g.pool_id, max(g.level) from unnest(pools, advances, levels) as g (pool_id, advance, level)
    where g.advance > 0 group by 1 order by 1
    on conflict (pool_id) do update set at = excluded.at where c.at < excluded.at;
  select array_agg(f.tenant_id), array_agg(f.pool_id) into owners, pools from (
    select t.tenant_id, t.pool_id from turns t join unnest(owners, pools, emptied) as g (tenant_id, pool_id, emptied)
      using (tenant_id, pool_id)
    where g.emptied and t.waiting order by 1, 2 for update of t skip locked
  ) f;
  update turns t set waiting = false from unnest(owners, pools) as f (tenant_id, pool_id)
    where t.tenant_id = f.tenant_id and t.pool_id = f.pool_id and not exists (
      select from deliveries d where d.tenant_id = t.tenant_id and d.pool_id = t.pool_id
        and d.status = 'accepted' and d.lease_id is null and d.parked_until is null);
end $$;
;;
-- Whether no node sends from a pool just now.
create function pool_is_closed(pool uuid) returns boolean language sql stable security definer
set search_path = public, pg_temp
begin atomic
  select not exists (select from ips i join nodes n on n.id = i.node_id
    where i.pool_id = pool and i.status in ('warming', 'active') and n.status = 'ready');
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function pool_is_closed owner to fleetpost_fleet;
;;
alter function await_turns owner to fleetpost_fleet;
;;
alter function end_turns owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function pool_is_closed, await_turns, end_turns from public;
;;
grant execute on function pool_is_closed, await_turns to fleetpost_app, fleetpost_fleet;
;;
grant execute on function end_turns to fleetpost_fleet;
;;
-- Who waits already.
alter table deliveries no force row level security;
;;
alter table turns no force row level security;
;;
insert into turns (tenant_id, pool_id, start, waiting)
select distinct tenant_id, pool_id, 0::float8, true from deliveries where status = 'accepted' and lease_id is null;
;;
alter table deliveries force row level security;
;;
alter table turns force row level security;
