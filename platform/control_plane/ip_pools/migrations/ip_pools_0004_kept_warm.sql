-- Whether an address that stands by takes a little mail today, so that providers go on knowing it.
alter table ips add column keeps_warm boolean not null default false;
