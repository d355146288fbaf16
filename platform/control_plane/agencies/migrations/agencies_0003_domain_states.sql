-- A domain's state says by itself whether a required record is at fault; what is only recommended alarms nobody.
create or replace function domains_below() returns table (tenant_id uuid, verified bigint, attention bigint, pending bigint, failed bigint)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select m.tenant_id,
    count(*) filter (where m.status = 'verified'), count(*) filter (where m.status = 'degraded'),
    count(*) filter (where m.status = 'pending'), count(*) filter (where m.status = 'failed')
  from mail_domains m join tenants t on t.id = m.tenant_id
  where session_user = 'fleetpost_fleet' or t.path @> array[app_tenant()]
  group by m.tenant_id;
end;
