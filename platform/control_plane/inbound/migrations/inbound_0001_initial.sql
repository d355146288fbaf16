-- Mail that nodes handed up, one row for each recipient, and what became of it.
create table inbound_mails (
  id uuid primary key,                     -- UUIDv7 made by the node of what arrived: the same at every try
  tenant_id uuid references tenants (id),  -- whose it turned out to be; null until known
  node_id uuid not null references nodes (id),
  received_at timestamptz not null,        -- by the node
  recipient text not null check (length(recipient) <= 320),
  sender text not null check (length(sender) <= 320),  -- the return path; empty for the null sender
  client inet,                             -- where the node had it from
  size int not null,
  status text not null default 'waiting' check (status in ('waiting', 'done', 'refused')),
  attempts smallint not null default 0,
  next_attempt_at timestamptz default now(),  -- null once it is settled
  problem text,                            -- why it was refused, or what the last attempt ran into
  settled_at timestamptz
);
;;
create index inbound_mails_due on inbound_mails (next_attempt_at) where next_attempt_at is not null;
;;
create index inbound_mails_settled on inbound_mails (settled_at) where settled_at is not null;
;;
create index inbound_mails_by_tenant on inbound_mails (tenant_id, id) where tenant_id is not null;
;;
call wall_off('inbound_mails');
;;
grant select on inbound_mails to fleetpost_app;
;;
call admit_fleet('inbound_mails');
;;
grant select, insert, delete, update (tenant_id, status, attempts, next_attempt_at, problem, settled_at) on inbound_mails to fleetpost_fleet;
;;
-- The mails themselves, which are kept for a shorter time; nobody but the fleet's work reads them.
create table inbound_bodies (
  mail_id uuid primary key references inbound_mails (id) on delete cascade,
  raw bytea not null
);
;;
alter table inbound_bodies alter column raw set storage external;  -- what is large in it is compressed already
;;
alter table inbound_bodies enable row level security;
;;
alter table inbound_bodies force row level security;
;;
call admit_fleet('inbound_bodies');
;;
grant select, insert, delete on inbound_bodies to fleetpost_fleet;
