-- A tenant's limit, or what it is while the tenant is new or throttled, if that is less.
create function limit_in_force(own jsonb, plan jsonb, starting_day bigint, throttled_hour bigint, resource text)
returns bigint language sql immutable parallel safe
return least(quota_limit(own, plan, resource),
  case resource when 'messages_day' then starting_day when 'messages_hour' then throttled_hour end);
;;
-- As before, with the limits in force. Who is throttled or new has what is beyond held, whatever its plan says.
create or replace function consume_quota(resources text[], amounts bigint[], moment timestamptz)
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
    select t.id, above.depth, t.limits as own, p.limits as plan, t.starting_day,
      case when t.id = me then t.throttled_hour end as throttled_hour
    from tenants self cross join unnest(self.path) with ordinality above (id, depth)
    join tenants t on t.id = above.id left join plans p on p.id = t.plan_id
    where self.id = me
  ), wanted as (
    select c.id, c.depth, r.resource, r.amount, quota_window(r.resource, moment) as window_start,
      case when r.resource = 'messages_held'
           then (select min(least(most_held(own, plan), 30 * starting_day, 720 * throttled_hour)) from chain)
           else limit_in_force(c.own, c.plan, c.starting_day, c.throttled_hour, r.resource) end as most
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
  select case when t.throttled_hour is not null
                or exists (select from tenants above where above.id = any (t.path) and above.starting_day is not null)
              then 'hold' else coalesce(p.over_limit, 'stop') end
    into policy from tenants t left join plans p on p.id = t.plan_id where t.id = me;

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
create or replace function quota_standing(resources text[], moment timestamptz)
returns table (resource text, used bigint, most bigint, window_start timestamptz, full_above boolean)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  with standing as (
    select t.id, r.resource, quota_window(r.resource, moment) as window_start, coalesce(u.used, 0) as used,
      limit_in_force(t.limits, p.limits, t.starting_day, case when t.id = app_tenant() then t.throttled_hour end,
        r.resource) as most
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
