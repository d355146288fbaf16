-- What was done to many messages at once is shown for a while, and then forgotten.
create index bulk_acts_finished on bulk_acts (finished_at) where finished_at is not null;
;;
grant delete on bulk_acts to fleetpost_fleet;
