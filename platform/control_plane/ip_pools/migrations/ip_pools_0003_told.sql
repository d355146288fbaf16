-- Whether the nodes know that a tenant's own pool is the one that its mailboxes' owners send by.
alter table ip_pools add column is_told boolean not null default true;
;;
create index ip_pools_to_tell on ip_pools (id) where not is_told;
;;
grant update (is_told) on ip_pools to fleetpost_fleet;
;;
alter table ip_pools no force row level security;
;;
update ip_pools set is_told = false where tenant_id is not null and is_default and stream = 'transactional';
;;
alter table ip_pools force row level security;
