-- Of `failures`, those that ended beside others: they make no pause longer.
alter table webhooks add column failures_together int not null default 0;
