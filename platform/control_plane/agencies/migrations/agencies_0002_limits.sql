-- How much each tenant below the bound one has used of its fullest limit: a share for its agency, no counts.
create function limits_below(moment timestamptz) returns table (tenant_id uuid, share double precision)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select t.id, max(case when l.most > 0 then coalesce(u.used, 0)::double precision / l.most
                        when coalesce(u.used, 0) > 0 then 1 else 0 end)
  from tenants t
  left join plans p on p.id = t.plan_id
  cross join lateral (
    select r.resource, quota_limit(t.limits, p.limits, r.resource) as most
    from unnest(array['messages_month', 'messages_day', 'messages_hour', 'domains', 'mailboxes', 'storage_bytes',
      'contacts', 'dedicated_ips']) as r (resource)
  ) l
  left join usage u on u.tenant_id = t.id and u.resource = l.resource and u.window_start = quota_window(l.resource, moment)
  where (session_user = 'fleetpost_fleet' or t.path @> array[app_tenant()]) and l.most is not null and t.erased_at is null
  group by t.id;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function limits_below owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function limits_below from public;
;;
grant execute on function limits_below to fleetpost_app, fleetpost_fleet;
