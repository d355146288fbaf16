-- When the latest mail that came back from it was passed on: what was passed on before says nothing new.
alter table forward_targets add column failed_at timestamptz;
;;
grant update (failed_at) on forward_targets to fleetpost_app;
;;
-- Not null once it was seen delivered: so many failures of its target were forgotten because of it, and are remembered
-- if it comes back after all.
alter table passed_mails add column forgave smallint;
;;
grant update (forgave) on passed_mails to fleetpost_app;
