-- The partitions of an id-partitioned table, each with the first id that it holds and the first that it does not.
create function partitions_of(parent text) returns table (name text, first uuid, last uuid)
language sql stable set search_path = public, pg_temp
begin atomic
  select c.relname::text, bounds.ids[1]::uuid, bounds.ids[2]::uuid
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  cross join lateral (
    select regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.+)''\) TO \(''(.+)''\)') as ids
  ) bounds
  where i.inhparent = to_regclass(format('public.%I', parent)) and bounds.ids is not null;
end;
;;
revoke execute on function partitions_of from public;
;;
grant execute on function partitions_of to fleetpost_fleet;
;;
-- Drop one partition, of what is older than 30 days. It needs the whole table for a moment: when others use it for long,
-- they are not held up for longer than this waits, and it fails.
create function drop_partition(parent text, child text) returns void
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '500ms' as $$
begin
  if not exists (select from partitions_of(parent) p
                 where p.name = child and p.last <= uuid_at(now() - interval '30 days')) then
    raise exception '% is no partition of % that may be dropped', child, parent using errcode = 'invalid_parameter_value';
  end if;
  execute format('drop table public.%I', child);
end $$;
;;
revoke execute on function drop_partition from public;
;;
grant execute on function drop_partition to fleetpost_fleet;
