create table deliveries (
  tenant_id uuid not null,
  id uuid not null,                        -- UUIDv7 of the same millisecond as its message's
  message_id uuid not null,
  kind text not null check (kind in ('to', 'cc', 'bcc')),
  recipient text not null,
  status text not null default 'accepted' check (status in ('accepted', 'held', 'scheduled', 'queued', 'deferred',
    'delivered', 'bounced', 'complained', 'suppressed', 'failed', 'cancelled')),
  pool_id uuid not null,
  lease_id uuid,                           -- set while a node has been offered it or has it
  node_id uuid,                            -- whose lease that is
  last_event_at timestamptz,
  primary key (tenant_id, id)
) partition by range (id);
;;
select ensure_partitions('deliveries', now(), 8);
;;
create index deliveries_by_message on deliveries (tenant_id, message_id);
;;
-- "What became of my mail to …?", and lists by state. Most rows end as delivered: that list needs no index.
create index deliveries_by_recipient on deliveries (tenant_id, recipient, message_id);
;;
create index deliveries_by_status on deliveries (tenant_id, status, message_id) where status <> 'delivered';
;;
-- What waits for a node: small, however many rows the table has.
create index deliveries_waiting on deliveries (pool_id, id) where status = 'accepted' and lease_id is null;
;;
create index deliveries_by_lease on deliveries (lease_id) where lease_id is not null and status = 'accepted';
;;
call wall_off('deliveries');
;;
grant select, insert, update on deliveries to fleetpost_app;
;;
call admit_fleet('deliveries');
;;
grant select, update (status, lease_id, node_id, last_event_at) on deliveries to fleetpost_fleet;
;;
-- A batch of deliveries in the hands of one node. Offered, it comes back by itself when it expires; taken, it stays
-- the node's until the node reports, because only the node knows what it has already handed to Postfix.
create table leases (
  id uuid primary key,
  node_id uuid not null references nodes (id),
  deliveries int not null,
  expires_at timestamptz not null,
  taken_at timestamptz,
  revoked_at timestamptz
);
;;
create index leases_open on leases (expires_at) where taken_at is null and revoked_at is null;
;;
grant select, insert, update, delete on leases to fleetpost_fleet;
;;
create table events (
  tenant_id uuid not null,
  id uuid not null,                        -- shaped like a UUIDv7, made by the source from what happened: a repeat has the same id
  type text not null,
  at timestamptz not null,
  message_id uuid,
  delivery_id uuid,
  recipient text,
  data jsonb not null default '{}',        -- attempt, node, queue id, relay, DSN, reply, TLS, delays, route
  primary key (tenant_id, id)
) partition by range (id);
;;
select ensure_partitions('events', now(), 8);
;;
create index events_by_message on events (tenant_id, message_id, id);
;;
call wall_off('events');
;;
grant select, insert on events to fleetpost_app;
;;
call admit_fleet('events');
;;
grant select, insert on events to fleetpost_fleet;
