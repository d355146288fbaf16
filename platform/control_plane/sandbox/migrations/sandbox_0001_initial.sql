-- Deliveries of the sandbox stand in a pool that is none: '00000000-0000-7000-8000-000000000000', `SANDBOX_POOL`. Claims
-- go by pools that nodes have addresses in, so no node is ever offered one of them. What waits there is played.

-- Deliveries whose play has begun, and what is to happen to each next. A row goes with the last of it.
create table plays (
  tenant_id uuid not null references tenants (id),
  delivery_id uuid not null,
  message_id uuid not null,
  recipient text not null,
  step int not null,                       -- the next one of its script; see `scripts`
  due_at timestamptz not null,             -- when that happens
  primary key (tenant_id, delivery_id)
) with (fillfactor = 70);
;;
create index plays_due on plays (due_at);
;;
call wall_off('plays');
;;
call admit_fleet('plays');
;;
grant select, insert, update, delete on plays to fleetpost_fleet;
;;
-- How much each tenant had played on a day (UTC).
create table sandbox_usage (
  tenant_id uuid not null references tenants (id),
  day date not null,
  deliveries int not null,
  primary key (tenant_id, day)
) with (fillfactor = 50);
;;
create index sandbox_usage_by_day on sandbox_usage (day);
;;
call wall_off('sandbox_usage');
;;
grant select, insert, update on sandbox_usage to fleetpost_app;
;;
call admit_fleet('sandbox_usage');
;;
grant select, delete on sandbox_usage to fleetpost_fleet;
;;
-- Roll-ups as before (see `analytics`), but for what is played: it never counts.
create or replace function count_new_deliveries() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into delivery_deltas (tenant_id, hour, stream, provider, status, deliveries)
  select d.tenant_id, hour_of(d.id), coalesce(p.stream, 'transactional'), provider_of(d.recipient), d.status, count(*)
  from added d left join ip_pools p on p.id = d.pool_id
  where d.pool_id <> '00000000-0000-7000-8000-000000000000'
  group by 1, 2, 3, 4, 5;
  return null;
end $$;
;;
create or replace function count_moved_deliveries() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into delivery_deltas (tenant_id, hour, stream, provider, status, deliveries)
  select m.tenant_id, hour_of(m.id), coalesce(p.stream, 'transactional'), provider_of(m.recipient), m.status, sum(m.more)
  from (
    select each.tenant_id, each.id, each.pool_id, each.recipient, each.status, sum(each.more) as more
    from (
      select tenant_id, id, pool_id, recipient, status, -1 as more from before
      union all
      select tenant_id, id, pool_id, recipient, status, 1 from after
    ) each
    where each.pool_id <> '00000000-0000-7000-8000-000000000000'
    group by 1, 2, 3, 4, 5 having sum(each.more) <> 0
  ) m left join ip_pools p on p.id = m.pool_id
  group by 1, 2, 3, 4, 5 having sum(m.more) <> 0;
  return null;
end $$;
