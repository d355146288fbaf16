create table tenants (
  id uuid primary key,
  parent_id uuid references tenants (id),
  kind text not null check (kind in ('operator', 'agency', 'client')),
  name text not null check (length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  status text not null default 'active' check (status in ('active', 'throttled', 'suspended')),
  system_uid int not null unique generated always as identity (start with 200000), -- owner of its stored mail on nodes
  created_at timestamptz not null default now()
);
;;
alter table tenants enable row level security;
;;
alter table tenants force row level security;
;;
create policy tenant on tenants for select to fleetpost_app using (id = app_tenant());
;;
grant select on tenants to fleetpost_app;
;;
call admit_fleet('tenants');
;;
grant select, insert, update on tenants to fleetpost_fleet;
