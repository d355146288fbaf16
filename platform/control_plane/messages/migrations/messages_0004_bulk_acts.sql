-- Something done to many messages at once: begun by a request, gone on with by a job, a few hundred deliveries at a time.
create table bulk_acts (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  act text not null check (act in ('cancel', 'release')),
  wanted jsonb not null,                   -- which messages
  domains text[] not null default '{}',    -- those of the key that asked, if it is bound to some
  only_sandbox boolean not null,           -- a test key asked
  from_above boolean not null,             -- somebody from a provider asked
  matched int not null,
  done int not null default 0,
  kept int not null default 0,
  refused int not null default 0,
  last_message_id uuid not null default '00000000-0000-0000-0000-000000000000',  -- how far it has come
  last_delivery_id uuid not null default '00000000-0000-0000-0000-000000000000',
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
;;
create index bulk_acts_running on bulk_acts (created_at) where finished_at is null;
;;
call wall_off('bulk_acts');
;;
grant select, insert, update on bulk_acts to fleetpost_app;
;;
call admit_fleet('bulk_acts');
;;
grant select on bulk_acts to fleetpost_fleet;
