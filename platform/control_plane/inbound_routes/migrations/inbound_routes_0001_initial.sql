-- Which mail is taken, and what becomes of it; the lowest priority that fits wins.
create table inbound_routes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  match_type text not null check (match_type in ('address', 'domain', 'subdomains', 'header')),
  domain text,                             -- whose mail nodes take for it; null for a header, which widens nothing
  address text,                            -- for 'address'
  header_name text,                        -- for 'header', in lower case
  header_pattern text,                     -- with * and ?
  action_type text not null check (action_type in ('webhook', 'hold', 'drop')),
  webhook_id uuid,                         -- for 'webhook'; if it is gone, the mail is held
  priority int not null check (priority between 0 and 100000),
  enabled boolean not null,
  version int not null default 1,          -- goes up with each change
  created_at timestamptz not null,
  primary key (tenant_id, id),
  check ((domain is null) = (match_type = 'header')),
  check ((address is not null) = (match_type = 'address')),
  check ((webhook_id is not null) = (action_type = 'webhook'))
);
;;
create index inbound_routes_by_domain on inbound_routes (domain) where enabled and domain is not null;
;;
call wall_off('inbound_routes');
;;
grant select, insert, update, delete on inbound_routes to fleetpost_app;
;;
call admit_fleet('inbound_routes');
;;
grant select (tenant_id, domain, enabled) on inbound_routes to fleetpost_fleet;
;;
-- What the nodes were last told, by domain or address: what differs from the routes is published again.
create table inbound_items (
  tenant_id uuid not null references tenants (id),
  name text not null,
  hosted boolean not null,                 -- whether a domain can have mailboxes
  primary key (tenant_id, name)
);
;;
call wall_off('inbound_items');
;;
grant select, insert, update, delete on inbound_items to fleetpost_app;
;;
call admit_fleet('inbound_items');
;;
grant select on inbound_items to fleetpost_fleet;
;;
-- Mail that was routed, and what became of it.
create table inbound_messages (
  tenant_id uuid not null references tenants (id),
  id uuid not null,                        -- that of the mail as the node handed it up: the same at every try
  route_id uuid not null,
  status text not null check (status in ('routed', 'held', 'dropped', 'released', 'purged')),
  note text,                               -- why it is held, where that is not the route's wish
  recipient text not null,
  sender text not null,                    -- the return path; empty for the null sender
  client text,
  from_email text not null,
  subject text not null,
  received_at timestamptz not null,
  size int not null,
  spam_score real,
  primary key (tenant_id, id)
);
;;
create index inbound_messages_held on inbound_messages (tenant_id, id) where status = 'held';
;;
create index inbound_messages_by_age on inbound_messages (received_at);
;;
call wall_off('inbound_messages');
;;
grant select, insert, update (status, route_id, note) on inbound_messages to fleetpost_app;
;;
call admit_fleet('inbound_messages');
;;
grant select, delete on inbound_messages to fleetpost_fleet;
;;
-- The mails themselves, which can be thrown away by themselves.
create table inbound_contents (
  tenant_id uuid not null,
  message_id uuid not null,
  raw bytea not null,
  primary key (tenant_id, message_id),
  foreign key (tenant_id, message_id) references inbound_messages (tenant_id, id) on delete cascade
);
;;
alter table inbound_contents alter column raw set storage external;  -- what is large in it is compressed already
;;
call wall_off('inbound_contents');
;;
grant select, insert, delete on inbound_contents to fleetpost_app;
;;
call admit_fleet('inbound_contents');
;;
grant select (tenant_id, message_id), delete on inbound_contents to fleetpost_fleet;
