-- A change of how nodes work, on its way through the fleet: to a few first, then in waves.
create table rollouts (
  id uuid primary key,
  kind text not null check (kind in ('shaping', 'daemons', 'renderer')),
  change jsonb not null,                   -- {"daemons": {…}}, {"shaping_version": n} or {"renderer": n}
  former jsonb not null,                   -- what was in force when it began, in the same form
  waves jsonb not null,                    -- as they were asked for
  stages int not null check (stages > 0),  -- the canaries' and each wave
  stage int not null default 0,
  soak_seconds int not null,
  probe_address text,                      -- null: no mail is sent to see whether mail leaves
  hold_for_absent boolean not null,        -- wait for nodes that are away; else they get it when they are back
  status text not null default 'running'
    check (status in ('running', 'paused', 'rolling_back', 'completed', 'rolled_back', 'aborted')),
  aborted boolean not null default false,  -- an operator ended it
  cause text,                              -- why it went back, for people
  author text not null,
  started_at timestamptz not null,
  turned_at timestamptz,                   -- when it began to go back
  ended_at timestamptz
);
;;
-- One at a time: of two, nobody could say which did harm.
create unique index rollouts_under_way on rollouts ((true)) where ended_at is null;
;;
-- What is in force: the last one of each kind that went through.
create index rollouts_completed on rollouts (kind, id) where status = 'completed';
;;
grant select, insert, update on rollouts to fleetpost_fleet;
;;
create table rollout_nodes (
  rollout_id uuid not null references rollouts (id),
  node_id uuid not null references nodes (id),
  stage int not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'applying', 'soaking', 'passed', 'failed', 'skipped', 'rolled_back')),
  reason text not null default '',
  generation bigint,                       -- in which it was given the change
  published_at timestamptz,
  soaking_since timestamptz,
  before jsonb not null default '{}',      -- how it was when it was given the change
  gates jsonb not null default '[]',       -- as they were found last
  probe_number bigint,
  probe_delivered boolean,                 -- null: nothing heard of it yet
  probe_reply text,
  former_generation bigint,                -- in which it was given back what it had
  primary key (rollout_id, node_id)
);
;;
create index rollout_nodes_by_node on rollout_nodes (node_id);
;;
grant select, insert, update on rollout_nodes to fleetpost_fleet;
;;
-- Nodes tell probes apart by their number.
create sequence rollout_probes;
;;
grant usage on sequence rollout_probes to fleetpost_fleet;
;;
-- What changed in a node's rendered files, as it told it.
create table rollout_diffs (
  node_id uuid not null references nodes (id),
  generation bigint not null,
  service text not null,
  rollout_id uuid references rollouts (id),  -- null: it came by something else
  diff text not null,
  problem text,                            -- why the node went back to its former files, in the daemon's own words
  at timestamptz not null,
  primary key (node_id, generation, service)
);
;;
create index rollout_diffs_of_rollout on rollout_diffs (rollout_id, at) where rollout_id is not null;
;;
create index rollout_diffs_by_age on rollout_diffs (at);
;;
grant select, insert, update, delete on rollout_diffs to fleetpost_fleet;
;;
-- How attempts from each node fared, by ten seconds: what a roll-out is stopped by. Counted where events are stored.
create table node_results (
  node_id uuid not null references nodes (id),
  at timestamptz not null,
  delivered int not null default 0,
  deferred int not null default 0,
  bounced int not null default 0,
  primary key (node_id, at)
);
;;
create index node_results_by_age on node_results (at);
;;
grant select, insert, update, delete on node_results to fleetpost_fleet;
;;
-- Which revisions of the renderer a node's agent knows, as it said last.
create table node_renderers (
  node_id uuid primary key references nodes (id),
  revisions bigint[] not null
);
;;
grant select, insert, update on node_renderers to fleetpost_fleet;
