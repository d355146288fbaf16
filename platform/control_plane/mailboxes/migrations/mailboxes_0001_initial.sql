create table mailboxes (
  tenant_id uuid not null,
  id uuid not null,
  domain_id uuid not null,
  node_id uuid not null references nodes (id),  -- where its mail is stored
  address text not null unique check (address = lower(address) and length(address) <= 254),
  name text not null default '',
  password_hash text not null,             -- argon2id
  quota_bytes bigint not null check (quota_bytes >= 0),  -- 0: no limit
  status text not null default 'active' check (status in ('active', 'suspended')),
  version int not null default 1,          -- goes up with each change; the ETag
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id)
);
;;
create index mailboxes_by_domain on mailboxes (tenant_id, domain_id);
;;
call wall_off('mailboxes');
;;
grant select, insert, update, delete on mailboxes to fleetpost_app;
