-- The share of a pool that the plan's tenants get when mail of many waits in it.
alter table plans add column weight real not null default 1 check (weight between 0.1 and 100);
