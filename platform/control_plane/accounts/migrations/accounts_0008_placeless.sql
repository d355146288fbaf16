-- Who belongs nowhere any more is forgotten after a while, with their password, factors and passkeys.
alter table users add column placeless_since timestamptz;
;;
grant update (placeless_since), delete on users to fleetpost_fleet;
;;
create index users_placeless on users (placeless_since) where placeless_since is not null;
