-- Why a delivery is held: each reason lets go only of what it held itself.
alter table deliveries add column held_for text check (held_for in ('quota', 'suspension'));
;;
grant update (held_for) on deliveries to fleetpost_fleet;
