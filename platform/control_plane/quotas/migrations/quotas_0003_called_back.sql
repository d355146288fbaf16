-- Each heartbeat asks which leases of its node are called back; they are few of many.
create index quota_leases_called_back on quota_leases (node_id) where told between 0 and granted - 1;
