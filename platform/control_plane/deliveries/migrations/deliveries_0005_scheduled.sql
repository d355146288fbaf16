-- When a delivery that is scheduled is to go.
alter table deliveries add column send_at timestamptz;
;;
create index deliveries_scheduled on deliveries (tenant_id, pool_id, send_at, id) where status = 'scheduled';
;;
-- When a tenant's next scheduled delivery of a pool is due, at the earliest: one row, however many there are. Who was
-- served longest ago is next.
create table schedules (
  tenant_id uuid not null references tenants (id),
  pool_id uuid not null,
  next_at timestamptz not null,            -- 'infinity': nothing is scheduled
  served_at timestamptz not null default '-infinity',
  primary key (tenant_id, pool_id)
) with (fillfactor = 50);
;;
create index schedules_due on schedules (next_at);
;;
call wall_off('schedules');
;;
grant select, insert, update on schedules to fleetpost_app;
;;
call admit_fleet('schedules');
;;
grant select on schedules to fleetpost_fleet;
