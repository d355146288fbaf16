create table webhooks (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  url text not null check (length(url) <= 2000),
  events text[] not null,                  -- event types, or '*'
  status text not null default 'active' check (status in ('active', 'disabled')),
  secrets bytea not null,                  -- encrypted lines of whsec_…, newest first; purpose webhooks.secrets
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
;;
call wall_off('webhooks');
;;
grant select, insert, update, delete on webhooks to fleetpost_app;
;;
call admit_fleet('webhooks');
;;
grant select (tenant_id, id, events, status) on webhooks to fleetpost_fleet;
;;
-- One event on its way to one webhook. What happened is `events`; each try is counted here.
create table webhook_deliveries (
  tenant_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts smallint not null default 0,
  next_attempt_at timestamptz,             -- null once it is delivered or given up
  claimed_until timestamptz,               -- a worker is sending it; if it dies, the row is due again from then on
  attempted_at timestamptz,                -- the last try
  response_status smallint,
  response_excerpt text,
  finished_at timestamptz,
  primary key (tenant_id, id)
) partition by range (id);
;;
select ensure_partitions('webhook_deliveries', now(), 8);
;;
create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where next_attempt_at is not null;
;;
-- What one webhook still has before it, and what is under way.
create index webhook_deliveries_open on webhook_deliveries (tenant_id, webhook_id, next_attempt_at) where next_attempt_at is not null;
;;
create index webhook_deliveries_by_webhook on webhook_deliveries (tenant_id, webhook_id, id);
;;
call wall_off('webhook_deliveries');
;;
grant select, insert, update on webhook_deliveries to fleetpost_app;
;;
call admit_fleet('webhook_deliveries');
;;
grant select, insert, update (next_attempt_at) on webhook_deliveries to fleetpost_fleet;
