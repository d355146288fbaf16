-- Whose addresses of a domain are in force is decided by who has proven it: its addresses come to the nodes together with
-- it, and a tenant that has lost it has no say in them. Decided under the lock of the node's row, so no two can pass each
-- other. As before: a live item of another tenant is not overwritten.
create or replace function publish_items(owner uuid, kinds text[], keys text[], payloads bytea[], for_roles text[], only_node uuid)
returns setof uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare
  target record; next_generation bigint;
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'items of another tenant' using errcode = 'insufficient_privilege';
  end if;
  for target in
    select n.id from nodes n join placements p on p.node_id = n.id
    where p.tenant_id = owner and n.roles && for_roles and n.status <> 'retired'
      and (only_node is null or n.id = only_node)
    order by n.id
  loop
    update nodes set generation_desired = generation_desired + 1 where id = target.id
      returning generation_desired into next_generation;
    update node_items i set payload = null, generation = next_generation, quarantined = null
      from unnest(kinds, keys, payloads) as item (kind, key, payload)
        join mail_domains d on d.name = item.key and d.tenant_id <> owner
                           and d.proven_at is null and d.proof_missing_since is not null
      where item.kind = 'domain' and item.payload is not null
        and i.node_id = target.id and i.kind = 'mailbox' and i.tenant_id = d.tenant_id and i.payload is not null
        and split_part(i.key, '@', 2) = d.name;
    insert into node_items (node_id, kind, key, tenant_id, generation, payload)
      select target.id, item.kind, item.key, owner, next_generation, item.payload
      from unnest(kinds, keys, payloads) as item (kind, key, payload)
      where item.kind <> 'mailbox' or item.payload is null
         or not exists (select from mail_domains d where d.name = split_part(item.key, '@', 2)
                          and d.proven_at is not null and d.tenant_id <> owner)
      on conflict (node_id, kind, key) do update
        set generation = excluded.generation, payload = excluded.payload, tenant_id = excluded.tenant_id, quarantined = null
        where node_items.tenant_id = owner or node_items.payload is null;
    return next target.id;
  end loop;
end $$;
;;
create index mail_domains_lost on mail_domains (name) where proven_at is null and proof_missing_since is not null;
