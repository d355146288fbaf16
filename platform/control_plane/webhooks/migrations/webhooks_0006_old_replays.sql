-- Replays are forgotten some time after they ended.
create index webhook_replays_by_age on webhook_replays (finished_at) where finished_at is not null;
;;
grant select (finished_at), delete on webhook_replays to fleetpost_fleet;
