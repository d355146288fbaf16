alter table webhooks add column description text not null default '' check (length(description) <= 200);
;;
-- The second of `secrets` signs too until then.
alter table webhooks add column old_secret_until timestamptz;
;;
-- How it fares: tries that failed one after the other, since when, and when the next is made while it is held back.
alter table webhooks add column failures int not null default 0;
;;
alter table webhooks add column failing_since timestamptz;
;;
alter table webhooks add column probe_at timestamptz;
;;
alter table webhooks add column disabled_reason text check (disabled_reason in ('manual', 'gone', 'failing'));
;;
alter table webhooks add column disabled_at timestamptz;
;;
-- From when on it may have missed something; until that is sent again, or nobody wants it any more.
alter table webhooks add column missed_since timestamptz;
;;
grant select (probe_at) on webhooks to fleetpost_fleet;
;;
alter table webhook_deliveries add column type text;
;;
alter table webhook_deliveries add column message_id uuid;
;;
alter table webhook_deliveries add column response_headers jsonb;
;;
alter table webhook_deliveries add column response_ms int;
;;
-- Why no more tries are made: it was tried often enough, waited too long, or its webhook is off or gone.
alter table webhook_deliveries add column given_up text check (given_up in ('tries', 'age', 'disabled', 'gone'));
;;
-- What is due is found from webhook to webhook: a million rows of a dead one cost nobody else a look.
drop index webhook_deliveries_due;
;;
-- Whether an earlier event of the same message is still on its way.
create index webhook_deliveries_in_order on webhook_deliveries (tenant_id, webhook_id, message_id, event_id)
  where next_attempt_at is not null and message_id is not null;
;;
create index webhook_deliveries_failed on webhook_deliveries (tenant_id, webhook_id, id) where status = 'failed';
;;
grant update (status, claimed_until, finished_at, given_up) on webhook_deliveries to fleetpost_fleet;
;;
-- Tries by the hour, for the picture of a webhook's health.
create table webhook_hours (
  tenant_id uuid not null references tenants (id),
  webhook_id uuid not null,
  hour timestamptz not null,
  delivered int not null,
  failed int not null,
  primary key (tenant_id, webhook_id, hour)
) with (fillfactor = 50);
;;
create index webhook_hours_by_age on webhook_hours (hour);
;;
call wall_off('webhook_hours');
;;
grant select, insert, update on webhook_hours to fleetpost_app;
;;
call admit_fleet('webhook_hours');
;;
grant select (hour), delete on webhook_hours to fleetpost_fleet;
;;
-- Events of the past on their way to a webhook once more, a portion at a time.
create table webhook_replays (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  webhook_id uuid not null,
  since timestamptz not null,
  until timestamptz not null,
  types text[] not null,
  status text not null default 'running' check (status in ('running', 'done', 'stopped')),
  position uuid not null,                  -- of the last event that was put on its way
  events int not null,
  sent int not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id)
);
;;
create unique index webhook_replays_running on webhook_replays (tenant_id, webhook_id) where status = 'running';
;;
create index webhook_replays_by_webhook on webhook_replays (tenant_id, webhook_id, id);
;;
call wall_off('webhook_replays');
;;
grant select, insert, update on webhook_replays to fleetpost_app;
;;
call admit_fleet('webhook_replays');
;;
grant select (tenant_id, webhook_id, status) on webhook_replays to fleetpost_fleet;
