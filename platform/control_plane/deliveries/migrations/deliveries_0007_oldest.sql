-- How far back to look for what waits. What leaves the queue leaves dead entries at the front of its index, hundreds of
-- thousands of them until the next vacuum, and each claim would walk past them all. Nothing with a smaller id waits.
alter table turns add column oldest uuid not null default uuid_at('epoch');
;;
-- `first` is the smallest id of what is let wait; as before, the row stays share-locked until that is committed. It is
-- written when somebody begins to wait, or with an id that is older than what was looked for.
create function await_turns(owner uuid, pools uuid[], first uuid) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  pool uuid; is_waiting boolean; known uuid;
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'turns of another tenant' using errcode = 'insufficient_privilege';
  end if;
  for pool in select distinct p from unnest(pools) p order by p loop
    loop
      select t.waiting, t.oldest into is_waiting, known from turns t
      where t.tenant_id = owner and t.pool_id = pool for key share;
      if is_waiting is null then
        insert into turns (tenant_id, pool_id, start, waiting, oldest)
        values (owner, pool, coalesce((select c.at from turn_clocks c where c.pool_id = pool), 0), true, first)
        on conflict do nothing;
        exit when found;  -- else somebody was quicker: look again
      elsif is_waiting and known <= first then
        exit;
      else
        update turns t set waiting = true, oldest = least(t.oldest, first),
          start = case when t.waiting then t.start
            else greatest(t.start, (select c.at from turn_clocks c where c.pool_id = pool)) end
        where t.tenant_id = owner and t.pool_id = pool;
        exit;
      end if;
    end loop;
  end loop;
end $$;
;;
-- For those who do not know the ids, processes of the version before among them.
create or replace function await_turns(owner uuid, pools uuid[]) returns void language sql
set search_path = public, pg_temp
begin atomic
  select await_turns(owner, pools, uuid_at('epoch'));
end;
;;
-- As before; and where nothing waits, nothing waits either that is older than two minutes. What is in a transaction that
-- is not committed has lowered `oldest` and holds the row, or will lower it.
create or replace function end_turns(
  owners uuid[], pools uuid[], advances float8[], levels float8[], emptied boolean[]
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
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
  update turns t set waiting = false, oldest = greatest(t.oldest, uuid_at(now() - interval '2 minutes'))
    from unnest(owners, pools) as f (tenant_id, pool_id)
    where t.tenant_id = f.tenant_id and t.pool_id = f.pool_id and not exists (
      select from deliveries d where d.tenant_id = t.tenant_id and d.pool_id = t.pool_id and d.id >= t.oldest
        and d.status = 'accepted' and d.lease_id is null and d.parked_until is null);
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function await_turns(uuid, uuid[], uuid) owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function await_turns(uuid, uuid[], uuid) from public;
;;
grant execute on function await_turns(uuid, uuid[], uuid) to fleetpost_app, fleetpost_fleet;
