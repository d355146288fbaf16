-- As before, in fewer statements: whether all fits and what follows if not is said by the one that counts.
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
      case when t.id = me then t.throttled_hour end as throttled_hour,
      case when t.id = me then p.over_limit end as over_limit
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
  select array_agg(row(w.id, w.resource, w.window_start, w.amount, c.used, w.most)::quota_count),
    coalesce(bool_and(w.amount <= 0 or w.most is null or c.used <= w.most), true),
    (select case when bool_or(starting_day is not null or throttled_hour is not null) then 'hold'
                 else coalesce(max(over_limit), 'stop') end from chain)
  into counts, all_fit, policy
  from counted c join wanted w on w.id = c.tenant_id and w.resource = c.resource;

  if not all_fit then
    update usage u set used = u.used - c.amount, own = case when u.tenant_id = me then u.own - c.amount else u.own end
    from unnest(counts) c
    where u.tenant_id = c.tenant_id and u.resource = c.resource and u.window_start = c.window_start;
  end if;

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
