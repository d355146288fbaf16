-- What the features' tables stand on: who is asking, row-level security, partitions, idempotency.

create function app_tenant() returns uuid language sql stable parallel safe
return nullif(current_setting('app.tenant_id', true), '')::uuid;
;;
create function app_user() returns uuid language sql stable parallel safe
return nullif(current_setting('app.user_id', true), '')::uuid;
;;
-- The smallest UUIDv7 of a moment: ids sort by time, so a time range is an id range and prunes partitions.
create function uuid_at(moment timestamptz) returns uuid language sql immutable parallel safe
return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
;;
-- Make a UUIDv7 of now, for rows that are made from other rows by one statement.
create function new_uuid() returns uuid language sql volatile parallel safe
return (left(uuid_at(now())::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid;
;;
-- Put a tenant's wall around a table: no tenant set, no rows. FORCE binds the owner too.
create procedure wall_off(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s to fleetpost_app using (tenant_id = app_tenant()) with check (tenant_id = app_tenant())', target);
end $$;
;;
-- Let the fleet role, which claims work and stores events for all tenants, through the wall of one table. Which
-- columns and verbs it has is said by grants next to each call.
create procedure admit_fleet(target regclass) language plpgsql as $$
begin
  execute format('create policy fleet on %s to fleetpost_fleet using (true) with check (true)', target);
end $$;
;;
-- Make the weekly partitions of an id-partitioned table from one week before a moment to some weeks after it.
-- Rights stand on the parent only: a direct SELECT on a partition would pass by the parent's policies.
create function ensure_partitions(parent text, around timestamptz, weeks_ahead int) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  week timestamptz; made int := 0; child text;
begin
  if not exists (select from pg_partitioned_table where partrelid = format('public.%I', parent)::regclass) then
    raise exception '% is not a partitioned table', parent;
  end if;
  for step in -1 .. weeks_ahead loop
    week := date_trunc('week', around at time zone 'UTC') at time zone 'UTC' + make_interval(weeks => step);
    child := format('%s_%s', parent, to_char(week at time zone 'UTC', 'IYYY"w"IW'));
    if to_regclass(format('public.%I', child)) is null then
      execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
                     child, parent, uuid_at(week), uuid_at(week + interval '1 week'));
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
;;
revoke execute on function ensure_partitions from public;
;;
grant execute on function ensure_partitions to fleetpost_fleet;
;;
-- What was answered to a POST with an Idempotency-Key, for 24 hours.
create table idempotency_keys (
  tenant_id uuid not null,
  route text not null,
  key text not null check (length(key) <= 256),
  body_hash bytea not null,
  status smallint,          -- null while the first request is still being answered
  body bytea,                              -- encrypted, purpose idempotency_keys.body: it may hold a secret
  created_at timestamptz not null default now(),
  primary key (tenant_id, route, key)
);
;;
call wall_off('idempotency_keys');
;;
grant select, insert, update, delete on idempotency_keys to fleetpost_app;
;;
call admit_fleet('idempotency_keys');
;;
grant select (created_at), delete on idempotency_keys to fleetpost_fleet;
