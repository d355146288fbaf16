-- Mail that routes pass on: to a mailbox of the tenant, or to an address whose owner has said that they want it.
create table forward_targets (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  email text not null,
  status text not null check (status in ('waiting', 'confirmed', 'paused', 'declined')),
  asked smallint not null default 0,       -- how often its owner was asked
  asked_at timestamptz,                    -- when last; null if it is at a domain of the tenant's own
  failures smallint not null default 0,    -- mails in a row that came back
  note text,                               -- why it is paused
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
;;
create unique index forward_targets_by_email on forward_targets (tenant_id, lower(email));
;;
-- How often somebody is asked, by all tenants together.
create index forward_targets_asked on forward_targets (lower(email), asked_at);
;;
call wall_off('forward_targets');
;;
grant select, insert, update (status, asked, asked_at, failures, note) on forward_targets to fleetpost_app;
;;
call admit_fleet('forward_targets');
;;
grant select (tenant_id, email, asked_at) on forward_targets to fleetpost_fleet;
;;
alter table inbound_routes
  add column mailbox text,                 -- for 'mailbox': its address
  add column target_id uuid,               -- for 'forward'
  drop constraint inbound_routes_action_type_check,
  add constraint inbound_routes_action_type_check
    check (action_type in ('webhook', 'mailbox', 'forward', 'hold', 'drop')),
  add constraint inbound_routes_mailbox check ((mailbox is not null) = (action_type = 'mailbox')),
  add constraint inbound_routes_target check ((target_id is not null) = (action_type = 'forward'));
;;
alter table inbound_messages
  drop constraint inbound_messages_status_check,
  add constraint inbound_messages_status_check
    check (status in ('routed', 'forwarded', 'delivered', 'held', 'dropped', 'released', 'purged')) not valid;
;;
-- What was passed on and may still come back: who is to hear of it then. Gone once that is settled.
create table passed_mails (
  tenant_id uuid not null references tenants (id),
  delivery_id uuid not null,
  target_id uuid,                          -- null: to a mailbox
  recipient text not null,                 -- whom it came for
  sender text,                             -- who hears of it; null: nobody, as its return path was not proven to be theirs
  passed_at timestamptz not null,
  looks smallint not null default 0,
  next_look_at timestamptz not null,
  primary key (tenant_id, delivery_id)
);
;;
create index passed_mails_due on passed_mails (next_look_at);
;;
call wall_off('passed_mails');
;;
grant select, insert, delete on passed_mails to fleetpost_app;
;;
call admit_fleet('passed_mails');
;;
grant select, update (looks, next_look_at), delete on passed_mails to fleetpost_fleet;
