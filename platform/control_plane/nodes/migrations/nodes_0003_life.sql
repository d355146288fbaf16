-- The life of a node. An operator's wish to drain it outlives a silence: it comes back as draining.
alter table nodes
  add column draining_since timestamptz,
  add column lost_since timestamptz,
  add column alarmed_at timestamptz,       -- when operators were written to, since it was lost
  add column retired_at timestamptz,
  add column given_up boolean not null default false;
;;
-- A retired node's name, host name and address may be another's.
alter table nodes
  drop constraint nodes_name_key, drop constraint nodes_hostname_key, drop constraint nodes_service_address_key;
;;
create unique index nodes_by_name on nodes (name) where status <> 'retired';
;;
create unique index nodes_by_hostname on nodes (hostname) where status <> 'retired';
;;
create unique index nodes_by_service_address on nodes (service_address) where status <> 'retired';
;;
-- What became of each node, and whether it was told to the operator.
create table node_changes (
  id uuid primary key default new_uuid(),
  node_id uuid not null references nodes (id),
  at timestamptz not null default clock_timestamp(),
  before text not null,
  after text not null,
  told_at timestamptz
);
;;
create index node_changes_of_node on node_changes (node_id, id);
;;
create index node_changes_untold on node_changes (id) where told_at is null;
;;
grant select, insert, update (told_at), delete on node_changes to fleetpost_fleet;
;;
-- Whoever lets a node's status change, heartbeats by the thousand among them, these two rules hold.
create function turn_node() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.status = 'ready' and new.draining_since is not null then
    new.status := 'draining';
  end if;
  new.lost_since := case when new.status = 'lost' then coalesce(old.lost_since, clock_timestamp()) end;
  if new.status <> 'lost' then
    new.alarmed_at := null;
  end if;
  return new;
end $$;
;;
create trigger nodes_turn before update of status on nodes
  for each row when (old.status is distinct from new.status) execute function turn_node();
;;
create function note_node_change() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into node_changes (node_id, before, after) values (new.id, old.status, new.status);
  return null;
end $$;
;;
create trigger nodes_note_change after update of status on nodes
  for each row when (old.status is distinct from new.status) execute function note_node_change();
;;
-- How each node was, every five minutes, for a few weeks.
create table node_samples (
  node_id uuid not null references nodes (id),
  at timestamptz not null,
  queued int not null,
  deferred int not null,
  waiting_events bigint not null,          -- in its spool
  behind bigint not null,                  -- generations that were desired and not applied
  disk_free_bytes bigint not null,
  disk_total_bytes bigint not null,
  primary key (node_id, at)
);
;;
create index node_samples_by_time on node_samples (at);
;;
grant select, insert, delete on node_samples to fleetpost_fleet;
