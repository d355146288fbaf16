-- What was asked for at once: a mailbox, a domain's, a tenant's or a node's mailboxes.
create table move_batches (
  id uuid primary key,
  kind text not null check (kind in ('mailbox', 'domain', 'tenant', 'node')),
  name text not null,                      -- of what was asked for, as people call it
  target_id uuid references nodes (id),    -- null: chosen for each mailbox when its turn comes
  skipped int not null default 0,          -- mailboxes that were on their way already
  paused_at timestamptz,
  created_at timestamptz not null
);
;;
grant select, insert, update (paused_at, skipped), delete on move_batches to fleetpost_fleet;
;;
-- One mailbox on its way. Only `number` proves which pass a node speaks of: it goes up for ever, also when it is begun anew.
create table moves (
  tenant_id uuid not null,
  id uuid not null,
  batch_id uuid not null references move_batches (id),
  mailbox_id uuid not null,                -- no reference: what became of it outlives the mailbox
  address text not null,
  source_id uuid not null references nodes (id),
  target_id uuid references nodes (id),
  status text not null default 'waiting'
    check (status in ('waiting', 'copying', 'final', 'switched', 'done', 'failed', 'aborted')),
  number int not null default 0,           -- of the pass that was asked for last
  asked_at timestamptz,                    -- since when that pass is waited for; null: nothing is under way
  due_at timestamptz,                      -- nothing is asked for before
  passes int not null default 0,           -- copies that were made while it was in use
  is_ready boolean not null default false, -- the next pass is the final one
  tries int not null default 0,            -- failures in a row
  finals int not null default 0,           -- final passes that came to nothing
  problem text not null default '',        -- what went wrong last, in the node's words or ours
  waits_for text not null default '',
  messages bigint not null default 0,
  size_bytes bigint not null default 0,
  created_at timestamptz not null,
  began_at timestamptz,
  switched_at timestamptz,
  ended_at timestamptz,
  kept_until timestamptz,                  -- how long the source keeps its copy; null: it need not any more
  primary key (tenant_id, id)
);
;;
create unique index moves_by_id on moves (id);
;;
create unique index moves_open on moves (tenant_id, mailbox_id) where status in ('waiting', 'copying', 'final');
;;
create index moves_of_batch on moves (batch_id, id);
;;
create index moves_waiting on moves (source_id, target_id, id) where status = 'waiting';
;;
create index moves_under_way on moves (source_id, target_id) where status in ('copying', 'final');
;;
create index moves_switched on moves (switched_at) where status = 'switched';
;;
create index moves_kept on moves (kept_until) where kept_until is not null;
;;
call wall_off('moves');
;;
call admit_fleet('moves');
;;
grant select, insert, update, delete on moves to fleetpost_fleet;
;;
-- The switch is made together with the change of the mailbox, in its tenant's name.
grant select (tenant_id, id, status, number),
  update (status, switched_at, kept_until, asked_at, messages, size_bytes, problem) on moves to fleetpost_app;
;;
grant select (id, address) on mailboxes to fleetpost_fleet;
;;
-- As before, but never a node that is to be emptied, also while it is lost.
create or replace function mailbox_node(owner uuid) returns uuid language sql stable security definer
set search_path = public, pg_temp
begin atomic
  select n.id from nodes n join placements p on p.node_id = n.id
  where p.tenant_id = owner and 'mailbox' = any (n.roles) and n.status in ('enrolling', 'ready', 'lost')
    and n.draining_since is null
  order by hashtextextended(owner::text || n.id::text, 0) limit 1;
end;
