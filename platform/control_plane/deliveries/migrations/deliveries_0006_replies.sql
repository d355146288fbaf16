-- A message is found by its recipients in the index of messages' terms. This one was written anew with each state.
drop index deliveries_by_recipient;
;;
-- The words of an answer, each as a hash with its tenant's id (see the terms of messages).
create function reply_terms(owner uuid, reply text) returns bigint[] language sql immutable parallel safe
return (select array_agg(distinct ('x' || left(md5(owner::text || word), 10))::bit(40)::bigint)
  from regexp_split_to_table(lower(left(reply, 500)), '[^[:alnum:]]+') word where word <> '');
;;
-- Of what went wrong only: that is what is asked for, and a small part.
create index events_by_reply on events using gin (reply_terms(tenant_id, data ->> 'reply'))
  with (gin_pending_list_limit = 128)
  where type in ('message.bounced', 'message.deferred', 'message.failed');
;;
-- Find a tenant's messages of a time that somebody gave such an answer to between two moments, newest first. The fleet
-- role's, as `find_messages` is.
create function find_replies(owner uuid, phrase text, first uuid, last uuid, since uuid, until uuid, most int)
returns uuid[] language plpgsql stable security definer
set search_path = public, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  wanted constant bigint[] := reply_terms(owner, phrase);
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'answers to another tenant' using errcode = 'insufficient_privilege';
  end if;
  return array(
    select distinct e.message_id
    from (select tenant_id, message_id, data from events
          where id >= since and id < until and type in ('message.bounced', 'message.deferred', 'message.failed')
            and reply_terms(tenant_id, data ->> 'reply') @> wanted offset 0) e
    where e.tenant_id = owner and e.message_id >= first and e.message_id < last
      and position(lower(phrase) in lower(e.data ->> 'reply')) > 0
    order by 1 desc limit most);
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function find_replies owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function find_replies from public;
;;
grant execute on function find_replies to fleetpost_app, fleetpost_fleet;
