-- Where an event stands in the order in which readers see it: the transaction that stored it, then the id. Nothing comes
-- in any more below the oldest transaction that is still open. What is there already stands at this migration.
alter table events add column stored_in xid8 not null default pg_current_xact_id();
;;
create index events_in_order on events (tenant_id, stored_in, id);
