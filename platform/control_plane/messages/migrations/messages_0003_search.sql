-- What a message can be found by (control_plane/messages/search/terms.py): numbers, each an hour before the hash of a
-- tenant, a kind and a value. One index of them takes the place of three others.
alter table messages add column terms bigint[] not null default '{}';
;;
-- What has just been written waits in a list that each search reads through: short, it costs a search next to nothing.
create index messages_by_terms on messages using gin (terms) with (gin_pending_list_limit = 128);
;;
drop index messages_by_sender;
;;
drop index messages_by_stream;
;;
-- The hour of a message's acceptance, counted from 1970.
create function hour_number(id uuid) returns bigint language sql immutable parallel safe
return ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 3600000;
;;
-- Hashes of terms as they stand with the messages of an hour.
create function terms_of_hour(hour bigint, hashes bigint[]) returns bigint[] language sql immutable parallel safe
return array(select hour << 40 | hash from unnest(hashes) hash);
;;
-- Find a tenant's messages that have all these terms, newest first and hour by hour: until there are enough, or until
-- the time is up, and then `reached` says how far back was looked. It is the fleet role's, because row-level security
-- lets no index be used for an operator that is not leakproof, and `@>` is none.
create function find_messages(
  owner uuid, hashes bigint[], wanted_status text, first uuid, last uuid, most int, seconds float8,
  out ids uuid[], out reached uuid
) language plpgsql stable security definer
set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  ends constant timestamptz := clock_timestamp() + make_interval(secs => seconds);
  many constant int := 2000;
  oldest uuid; newest uuid; hits uuid[];
  -- Without the tenant's id, which is in the hashes, no other index is tempting.
  hours cursor for
    select h.keys, h.low, h.high, h.ends, hit.seen, hit.ids
    from generate_series(hour_number(newest), hour_number(oldest), -1) hour
    cross join lateral (
      select terms_of_hour(hour, hashes) as keys, greatest(first, uuid_at(to_timestamp(hour * 3600))) as low,
        least(last, uuid_at(to_timestamp((hour + 1) * 3600))) as high, uuid_at(to_timestamp((hour + 1) * 3600)) as ends
    ) h
    cross join lateral (
      select count(*) as seen, array_agg(t.id order by t.id desc) filter (where t.tenant_id = owner and (
          wanted_status is null or exists (select from deliveries d where d.tenant_id = owner and d.message_id = t.id
            and d.id >= h.low and d.id < h.ends and d.status = wanted_status))) as ids
      from (select m.id, m.tenant_id from messages m
            where m.id >= h.low and m.id < h.high and m.terms @> h.keys limit many + 1) t
    ) hit;
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'messages of another tenant' using errcode = 'insufficient_privilege';
  end if;
  ids := '{}';
  select m.id into oldest from messages m where m.tenant_id = owner and m.id >= first and m.id < last
    order by m.id limit 1;
  select m.id into newest from messages m where m.tenant_id = owner and m.id >= first and m.id < last
    order by m.id desc limit 1;
  for hour in hours loop
    hits := hour.ids;
    if hour.seen > many then  -- they stand so close together that the newest are soon found by walking along
      hits := array(select m.id from messages m
        where m.tenant_id = owner and m.id >= hour.low and m.id < hour.high and (m.terms @> hour.keys) is true
          and (wanted_status is null or exists (select from deliveries d where d.tenant_id = owner
            and d.message_id = m.id and d.id >= hour.low and d.id < hour.ends and d.status = wanted_status))
        order by m.id desc limit most);
    end if;
    ids := ids || coalesce(hits[1 : most - cardinality(ids)], '{}');
    exit when cardinality(ids) >= most;
    if clock_timestamp() > ends then
      reached := hour.low;
      exit;
    end if;
  end loop;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function find_messages owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function find_messages from public;
;;
grant execute on function find_messages to fleetpost_app, fleetpost_fleet;
