-- Roll-ups of deliveries. Whoever changes a delivery's state leaves a few delta rows, one insert per statement and no
-- row that others wait for; a sweep folds them into hours and days; who reads adds what is not folded yet.
create table delivery_deltas (
  tenant_id uuid not null,
  id bigint generated always as identity,
  hour timestamptz not null,               -- in which the message was accepted
  stream text not null,
  provider text not null,                  -- see provider_of
  status text not null,
  deliveries int not null,                 -- more in this state, or fewer
  at timestamptz not null default now(),
  primary key (tenant_id, id)
);
;;
create table delivery_stats (
  tenant_id uuid not null,
  grain text not null check (grain in ('hour', 'day')),
  stream text not null,                    -- '': all streams, and then all providers
  provider text not null,
  start timestamptz not null,              -- of the hour or the UTC day in which the messages were accepted
  deliveries int not null,              -- all; what the states below do not count is on its way
  held int not null,
  deferred int not null,
  delivered int not null,
  bounced int not null,
  complained int not null,
  suppressed int not null,
  failed int not null,
  cancelled int not null,
  last_at timestamptz not null,            -- when something of it changed last
  primary key (tenant_id, grain, stream, provider, start)
) with (fillfactor = 80);
;;
call wall_off('delivery_deltas');
;;
call wall_off('delivery_stats');
;;
-- How the mail of its clients fares is an agency's business; the mail itself is not.
create policy above on delivery_deltas for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
create policy above on delivery_stats for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
grant select, insert on delivery_deltas to fleetpost_app;
;;
grant select on delivery_stats to fleetpost_app;
;;
call admit_fleet('delivery_deltas');
;;
grant select, insert, delete on delivery_deltas to fleetpost_fleet;
;;
call admit_fleet('delivery_stats');
;;
grant select, insert, update, delete on delivery_stats to fleetpost_fleet;
;;
-- Whose servers an address most likely is at, by its domain: the same for every delivery to it, unlike what a node
-- finds out from MX records at the time (that is in the event's route).
create function provider_of(recipient text) returns text language sql immutable parallel safe
return case lower(split_part(recipient, '@', -1))
  when 'gmail.com' then 'google' when 'googlemail.com' then 'google'
  when 'outlook.com' then 'microsoft' when 'hotmail.com' then 'microsoft' when 'live.com' then 'microsoft'
  when 'msn.com' then 'microsoft' when 'hotmail.co.uk' then 'microsoft' when 'hotmail.fr' then 'microsoft'
  when 'outlook.de' then 'microsoft' when 'outlook.fr' then 'microsoft' when 'outlook.es' then 'microsoft'
  when 'yahoo.com' then 'yahoo' when 'yahoo.co.uk' then 'yahoo' when 'yahoo.de' then 'yahoo'
  when 'yahoo.fr' then 'yahoo' when 'yahoo.es' then 'yahoo' when 'ymail.com' then 'yahoo' when 'aol.com' then 'yahoo'
  when 'icloud.com' then 'apple' when 'me.com' then 'apple' when 'mac.com' then 'apple'
  when 'gmx.de' then 'gmx' when 'gmx.net' then 'gmx' when 'gmx.com' then 'gmx' when 'web.de' then 'gmx'
  when 'qq.com' then 'tencent' when 'foxmail.com' then 'tencent'
  when '163.com' then 'netease' when '126.com' then 'netease'
  else 'generic' end;
;;
-- The hour in which an id was made.
create function hour_of(id uuid) returns timestamptz language sql immutable parallel safe
return date_trunc('hour',
  to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0), 'UTC');
;;
create function count_new_deliveries() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into delivery_deltas (tenant_id, hour, stream, provider, status, deliveries)
  select d.tenant_id, hour_of(d.id), coalesce(p.stream, 'transactional'), provider_of(d.recipient), d.status, count(*)
  from added d left join ip_pools p on p.id = d.pool_id
  group by 1, 2, 3, 4, 5;
  return null;
end $$;
;;
-- What is the same before and after cancels out first: a claim changes leases, not states, and costs next to nothing.
create function count_moved_deliveries() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
    group by 1, 2, 3, 4, 5 having sum(each.more) <> 0
  ) m left join ip_pools p on p.id = m.pool_id
  group by 1, 2, 3, 4, 5 having sum(m.more) <> 0;
  return null;
end $$;
;;
create trigger count_new_deliveries after insert on deliveries
  referencing new table as added for each statement execute function count_new_deliveries();
;;
create trigger count_moved_deliveries after update on deliveries
  referencing old table as before new table as after for each statement execute function count_moved_deliveries();
;;
-- What was sent before there were roll-ups. The owner, too, stands before the wall.
alter table deliveries no force row level security;
;;
alter table ip_pools no force row level security;
;;
alter table delivery_deltas no force row level security;
;;
insert into delivery_deltas (tenant_id, hour, stream, provider, status, deliveries)
select d.tenant_id, hour_of(d.id), coalesce(p.stream, 'transactional'), provider_of(d.recipient), d.status, count(*)
from deliveries d left join ip_pools p on p.id = d.pool_id
group by 1, 2, 3, 4, 5;
;;
alter table deliveries force row level security;
;;
alter table ip_pools force row level security;
;;
alter table delivery_deltas force row level security;
