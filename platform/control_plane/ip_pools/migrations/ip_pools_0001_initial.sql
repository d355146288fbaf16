create table ip_pools (
  id uuid primary key,
  tenant_id uuid references tenants (id),  -- null: shared by all
  name text not null,
  kind text not null check (kind in ('shared', 'dedicated')),
  stream text not null check (stream in ('transactional', 'broadcast')),
  created_at timestamptz not null default now(),
  check ((kind = 'dedicated') = (tenant_id is not null))
);
;;
create unique index ip_pools_one_per_tenant_and_stream on ip_pools (tenant_id, stream) nulls not distinct;
;;
alter table ip_pools enable row level security;
;;
alter table ip_pools force row level security;
;;
create policy tenant on ip_pools for select to fleetpost_app using (tenant_id = app_tenant() or tenant_id is null);
;;
grant select on ip_pools to fleetpost_app;
;;
call admit_fleet('ip_pools');
;;
grant select, insert, update on ip_pools to fleetpost_fleet;
;;
create table ips (
  id uuid primary key,
  pool_id uuid not null references ip_pools (id),
  node_id uuid not null references nodes (id),
  address inet not null unique,
  hostname text not null,
  status text not null default 'active' check (status in ('provisioning', 'warming', 'active', 'draining', 'quarantined', 'released')),
  created_at timestamptz not null default now()
);
;;
create index ips_by_node on ips (node_id);
;;
-- No tenant column and no right for the app role: IPs are the operator's.
grant select, insert, update on ips to fleetpost_fleet;
