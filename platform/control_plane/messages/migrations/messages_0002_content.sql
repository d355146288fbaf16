-- What a message says is kept for as long as its tenant wants; then only that it was sent.
alter table messages alter column content drop not null;
;;
-- A message that is scheduled anew bears another date.
grant update (envelope) on messages to fleetpost_app;
;;
grant update (content) on messages to fleetpost_fleet;
;;
create table message_settings (
  tenant_id uuid primary key references tenants (id),
  content_days int not null default 7 check (content_days between 0 and 45)
);
;;
call wall_off('message_settings');
;;
grant select, insert, update on message_settings to fleetpost_app;
;;
call admit_fleet('message_settings');
;;
grant select on message_settings to fleetpost_fleet;
;;
-- How far a tenant's contents were forgotten: up to which message's id.
create table content_forgotten (
  tenant_id uuid primary key references tenants (id),
  until uuid not null
) with (fillfactor = 50);
;;
call wall_off('content_forgotten');
;;
grant select on content_forgotten to fleetpost_app;
;;
call admit_fleet('content_forgotten');
;;
grant select, insert, update, delete on content_forgotten to fleetpost_fleet;
;;
-- Messages that were old enough, and of which something still waited to be sent.
create table content_waiting (
  tenant_id uuid not null references tenants (id),
  message_id uuid not null,
  primary key (tenant_id, message_id)
);
;;
call wall_off('content_waiting');
;;
grant select on content_waiting to fleetpost_app;
;;
call admit_fleet('content_waiting');
;;
grant select, insert, delete on content_waiting to fleetpost_fleet;
