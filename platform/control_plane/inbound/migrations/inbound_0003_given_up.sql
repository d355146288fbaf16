-- Tried often enough, and never taken: somebody has to look at why.
alter table inbound_mails add column given_up boolean not null default false;
;;
create index inbound_mails_given_up on inbound_mails (settled_at) where given_up;
;;
grant update (given_up) on inbound_mails to fleetpost_fleet;
