-- The fleet counts what a node stores before it is retired.
grant select (node_id) on mailboxes to fleetpost_fleet;
;;
create index mailboxes_by_node on mailboxes (node_id);
