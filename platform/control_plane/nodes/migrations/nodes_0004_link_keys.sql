-- What desired state is signed with: at most two, of which nodes know both and the newer one that a node knows signs.
create table bundle_keys (
  public text primary key,          -- Ed25519, base64
  private bytea not null,           -- encrypted by the vault
  created_at timestamptz not null default clock_timestamp()
);
;;
grant select, insert, delete on bundle_keys to fleetpost_fleet;
;;
-- A credential that was given to the node and is yet to be used; from then on it is the only one.
alter table nodes add column pending_lookup text unique, add column pending_hash bytea;
