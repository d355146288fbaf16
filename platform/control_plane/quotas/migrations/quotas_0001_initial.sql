-- How much was used of what is limited. What has a window counts from its start; what has none counts what there is.
create table usage (
  tenant_id uuid not null references tenants (id),
  resource text not null,
  window_start timestamptz not null,       -- '-infinity': no window
  used bigint not null default 0,          -- by the tenant and, if it has a limit, by all below it
  own bigint not null default 0,           -- by the tenant itself
  warned_at timestamptz,                   -- quota.warning was sent
  exceeded_at timestamptz,                 -- quota.exceeded was sent
  primary key (tenant_id, resource, window_start)
) with (fillfactor = 50);
;;
create index usage_by_window on usage (window_start, tenant_id);
;;
call wall_off('usage');
;;
grant select on usage to fleetpost_app;
;;
call admit_fleet('usage');
;;
grant select, insert, update, delete on usage to fleetpost_fleet;
;;
-- When the window began that a moment lies in.
create function quota_window(resource text, moment timestamptz) returns timestamptz language sql immutable parallel safe
return case split_part(resource, '_', 2)
  when 'hour' then date_trunc('hour', moment, 'UTC')
  when 'day' then date_trunc('day', moment, 'UTC')
  when 'month' then date_trunc('month', moment, 'UTC')
  else '-infinity' end;
;;
-- A tenant's limit: its own if one was set, else its plan's; null is none.
create function quota_limit(own jsonb, plan jsonb, resource text) returns bigint language sql immutable parallel safe
return case when own ? resource then (own ->> resource)::bigint else (plan ->> resource)::bigint end;
;;
-- How many deliveries may be held: a month's worth.
create function most_held(own jsonb, plan jsonb) returns bigint language sql immutable parallel safe
return coalesce(quota_limit(own, plan, 'messages_month'), 30 * quota_limit(own, plan, 'messages_day'),
  720 * quota_limit(own, plan, 'messages_hour'));
;;
create type quota_count as (tenant_id uuid, resource text, window_start timestamptz, amount bigint, used bigint, most bigint);
;;
-- Count resources for the bound tenant and every tenant above it that has a limit, root first so that nobody waits in a
-- circle; all of them, or none if one limit would be passed. The rows stay locked until the transaction ends: what is
-- said to be left is left. Amounts below nothing give back and always fit; they do not come together with others.
-- Gives for each resource: whether all fitted, how much there was room for (null: no limit), whose limit is the tightest,
-- what the tenant itself has used and may use, and whether somebody is now to be told.
create function consume_quota(resources text[], amounts bigint[], moment timestamptz)
returns table (resource text, fits boolean, room bigint, mine boolean, used bigint, most bigint, over_limit text, news boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  me uuid := app_tenant();
  counts quota_count[];
  all_fit boolean;
  policy text;
begin
  if me is null then
    raise exception 'no tenant is bound' using errcode = 'insufficient_privilege';
  end if;
  with chain as (
    select t.id, above.depth, t.limits as own, p.limits as plan
    from tenants self cross join unnest(self.path) with ordinality above (id, depth)
    join tenants t on t.id = above.id left join plans p on p.id = t.plan_id
    where self.id = me
  ), wanted as (
    select c.id, c.depth, r.resource, r.amount, quota_window(r.resource, moment) as window_start,
      case when r.resource = 'messages_held' then (select min(most_held(own, plan)) from chain)
           else quota_limit(c.own, c.plan, r.resource) end as most
    from chain c cross join unnest(resources, amounts) as r (resource, amount)
    where c.id = me or r.resource <> 'messages_held'
  ), counted as (
    insert into usage as u (tenant_id, resource, window_start, used, own)
    select id, resource, window_start, amount, case when id = me then amount else 0 end
    from wanted where id = me or most is not null order by depth, resource
    on conflict (tenant_id, resource, window_start) do update
      set used = greatest(u.used + excluded.used, 0), own = greatest(u.own + excluded.own, 0)
    returning u.tenant_id, u.resource, u.used
  )
  select array_agg(row(w.id, w.resource, w.window_start, w.amount, c.used, w.most)::quota_count)
  into counts
  from counted c join wanted w on w.id = c.tenant_id and w.resource = c.resource;

  select coalesce(bool_and(c.amount <= 0 or c.most is null or c.used <= c.most), true) into all_fit from unnest(counts) c;
  if not all_fit then
    update usage u set used = u.used - c.amount, own = case when u.tenant_id = me then u.own - c.amount else u.own end
    from unnest(counts) c
    where u.tenant_id = c.tenant_id and u.resource = c.resource and u.window_start = c.window_start;
  end if;
  select coalesce(p.over_limit, 'stop') into policy from tenants t left join plans p on p.id = t.plan_id where t.id = me;

  return query
    select c.resource, all_fit,
      case when bool_or(c.most is not null) then greatest(min(c.most - (c.used - c.amount)), 0) end,
      (array_agg(c.tenant_id = me order by c.most - c.used, c.tenant_id = me desc) filter (where c.most is not null))[1],
      max(c.used - case when all_fit then 0 else c.amount end) filter (where c.tenant_id = me),
      max(c.most) filter (where c.tenant_id = me),
      policy,
      all_fit and coalesce(bool_or(c.amount > 0 and c.most > 0 and (
        c.used * 5 >= c.most * 4 and (c.used - c.amount) * 5 < c.most * 4 or c.used >= c.most and c.used - c.amount < c.most)), false)
    from unnest(counts) c group by c.resource;
end $$;
;;
-- How the bound tenant stands: what it used, what it may, and whether the limit of somebody above it is used up.
create function quota_standing(resources text[], moment timestamptz)
returns table (resource text, used bigint, most bigint, window_start timestamptz, full_above boolean)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  with standing as (
    select t.id, r.resource, quota_window(r.resource, moment) as window_start, coalesce(u.used, 0) as used,
      quota_limit(t.limits, p.limits, r.resource) as most
    from tenants self cross join unnest(resources) as r (resource)
    join tenants t on t.id = any (self.path) left join plans p on p.id = t.plan_id
    left join usage u on u.tenant_id = t.id and u.resource = r.resource
      and u.window_start = quota_window(r.resource, moment)
    where self.id = app_tenant()
  )
  select me.resource, me.used, me.most, nullif(me.window_start, '-infinity'),
    exists (select from standing s
            where s.resource = me.resource and s.id <> me.id and s.most is not null and s.used >= s.most)
  from standing me where me.id = app_tenant();
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function consume_quota owner to fleetpost_fleet;
;;
alter function quota_standing owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function consume_quota, quota_standing from public;
;;
grant execute on function consume_quota, quota_standing to fleetpost_app;
;;
-- Recounting looks at what there is.
call admit_fleet('mailboxes');
;;
grant select (tenant_id, quota_bytes) on mailboxes to fleetpost_fleet;
