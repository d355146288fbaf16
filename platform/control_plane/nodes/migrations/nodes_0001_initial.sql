create table nodes (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  hostname text not null unique,
  service_address inet not null unique,    -- where its services listen; mail leaves from `ips`
  region text not null default 'default',
  roles text[] not null check (roles <@ array['outbound', 'mx', 'mailbox'] and cardinality(roles) > 0),
  status text not null default 'enrolling' check (status in ('enrolling', 'ready', 'draining', 'lost', 'retired')),
  credential_lookup text unique,
  credential_hash bytea,
  generation_desired bigint not null default 0,
  generation_applied bigint not null default 0,
  last_seen_at timestamptz,
  heartbeat jsonb not null default '{}',   -- versions, queue, disk: what the agent said last
  created_at timestamptz not null default now()
);
;;
grant select, insert, update on nodes to fleetpost_fleet;
;;
create table enrolment_tokens (
  lookup text primary key,
  secret_hash bytea not null,
  node_id uuid not null references nodes (id),
  expires_at timestamptz not null,
  used_at timestamptz
);
;;
grant select, insert, update on enrolment_tokens to fleetpost_fleet;
;;
-- Which nodes know a tenant. A placement is filled once all of the tenant's items were published to the node.
create table placements (
  tenant_id uuid not null references tenants (id),
  node_id uuid not null references nodes (id),
  filled_at timestamptz,
  primary key (tenant_id, node_id)
);
;;
call wall_off('placements');
;;
grant select on placements to fleetpost_app;
;;
call admit_fleet('placements');
;;
grant select, insert, update (filled_at), delete on placements to fleetpost_fleet;
;;
create index placements_by_node on placements (node_id);
;;
create index placements_unfilled on placements (node_id) where filled_at is null;
;;
-- The desired state: a compacted log. One row per item with the generation that last changed it; a deleted item stays
-- as a row without payload, so that a delta since any generation, and a snapshot (since 0), are one index range.
create table node_items (
  node_id uuid not null references nodes (id),
  kind text not null,
  key text not null,
  tenant_id uuid references tenants (id),  -- null: the node's own
  generation bigint not null,
  payload bytea,                           -- msgpack of the wire struct of this kind; null: deleted
  quarantined text,                        -- why the node refused it, if it did
  primary key (node_id, kind, key)
);
;;
create unique index node_items_by_generation on node_items (node_id, generation, kind, key);
;;
create index node_items_by_tenant on node_items (tenant_id) where tenant_id is not null;
;;
call wall_off('node_items');
;;
-- The app role has no right on the table: it publishes through the function below.
call admit_fleet('node_items');
;;
grant select, insert, update, delete on node_items to fleetpost_fleet;
;;
-- Publish a tenant's changed items to each node that knows the tenant and has one of the roles the item is for, or to
-- one of these nodes only. Every touched node gets one new generation; its row lock, taken in id order, makes
-- generations commit in order. A live item of another tenant is never overwritten. Gives the ids of the touched nodes,
-- to be woken after commit.
create function publish_items(owner uuid, kinds text[], keys text[], payloads bytea[], for_roles text[], only_node uuid)
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
    insert into node_items (node_id, kind, key, tenant_id, generation, payload)
      select target.id, item.kind, item.key, owner, next_generation, item.payload
      from unnest(kinds, keys, payloads) as item (kind, key, payload)
      on conflict (node_id, kind, key) do update
        set generation = excluded.generation, payload = excluded.payload, tenant_id = excluded.tenant_id, quarantined = null
        where node_items.tenant_id = owner or node_items.payload is null;
    return next target.id;
  end loop;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function publish_items owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function publish_items from public;
;;
grant execute on function publish_items to fleetpost_app, fleetpost_fleet;
;;
-- Choose the node that stores a tenant's mailboxes: the same one each time while the set of nodes stays (rendezvous
-- hashing), so that a tenant's mail lies together and tenants spread over the nodes.
create function mailbox_node(owner uuid) returns uuid language sql stable security definer set search_path = public, pg_temp
begin atomic
  select n.id from nodes n join placements p on p.node_id = n.id
  where p.tenant_id = owner and 'mailbox' = any (n.roles) and n.status in ('enrolling', 'ready', 'lost')
  order by hashtextextended(owner::text || n.id::text, 0) limit 1;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function mailbox_node owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function mailbox_node from public;
;;
grant execute on function mailbox_node to fleetpost_app;
