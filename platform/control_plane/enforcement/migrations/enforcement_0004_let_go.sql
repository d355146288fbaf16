-- When a delivery was let go that was scheduled or held until then; null: when it was accepted. What bounces and what is
-- complained about is measured against what was let go in the same hour.
alter table deliveries add column let_go_at timestamptz;
;;
grant update (let_go_at) on deliveries to fleetpost_fleet;
;;
alter table delivery_deltas add column let_go timestamptz;  -- the hour; null: that of acceptance
;;
-- As before (see `sandbox`), with the hour in which it was let go.
create or replace function count_moved_deliveries() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into delivery_deltas (tenant_id, hour, let_go, stream, provider, status, deliveries)
  select m.tenant_id, hour_of(m.id), date_trunc('hour', m.let_go_at, 'UTC'), coalesce(p.stream, 'transactional'),
    provider_of(m.recipient), m.status, sum(m.more)
  from (
    select each.tenant_id, each.id, each.let_go_at, each.pool_id, each.recipient, each.status, sum(each.more) as more
    from (
      select tenant_id, id, let_go_at, pool_id, recipient, status, -1 as more from before
      union all
      select tenant_id, id, let_go_at, pool_id, recipient, status, 1 from after
    ) each
    where each.pool_id <> '00000000-0000-7000-8000-000000000000'
    group by 1, 2, 3, 4, 5, 6 having sum(each.more) <> 0
  ) m left join ip_pools p on p.id = m.pool_id
  group by 1, 2, 3, 4, 5, 6 having sum(m.more) <> 0;
  return null;
end $$;
;;
-- The grain `let_go`: hours by stream and provider as the grain `hour`, but those in which mail was let go.
alter table delivery_stats drop constraint delivery_stats_grain_check;
;;
alter table delivery_stats add constraint delivery_stats_grain_check check (grain in ('hour', 'day', 'let_go')) not valid;
;;
drop index delivery_stats_complained;
;;
create index delivery_stats_complained on delivery_stats (start) where grain = 'let_go' and complained > 0;
;;
-- The hour in which what bounced had been let go, beside the one in which it came back.
alter table bounce_deltas add column let_go timestamptz;
;;
alter table bounce_stats add column let_go timestamptz;
;;
-- What was counted until now counts as it did. The owner, too, stands before the wall.
alter table delivery_stats no force row level security;
;;
alter table bounce_stats no force row level security;
;;
insert into delivery_stats (tenant_id, grain, stream, provider, start, deliveries, held, deferred, delivered, bounced,
  complained, suppressed, failed, cancelled, last_at)
select tenant_id, 'let_go', stream, provider, start, deliveries, held, deferred, delivered, bounced, complained, suppressed,
  failed, cancelled, last_at
from delivery_stats where grain = 'hour' and stream <> '' and start >= now() - interval '8 days';
;;
update bounce_stats set let_go = hour;
;;
alter table delivery_stats force row level security;
;;
alter table bounce_stats force row level security;
;;
alter table bounce_stats alter column let_go set not null, drop constraint bounce_stats_pkey,
  add primary key (tenant_id, hour, let_go, stream, provider, bounce_class);
