-- A read-only page of one domain's records for who keeps its DNS; whoever has the address may read it.
create table shared_links (
  tenant_id uuid not null,
  id uuid not null,
  domain_id uuid,                          -- null: the domain is gone; the row still counts as a mail that was sent
  lookup text not null unique,             -- the part of the token that finds the row
  secret_hash bytea not null,              -- of the rest
  mailed_to text check (length(mailed_to) <= 320),
  created_at timestamptz not null,
  expires_at timestamptz not null,         -- revoked: the moment of it
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete set null (domain_id)
);
;;
create index shared_links_by_domain on shared_links (tenant_id, domain_id, id);
;;
create index shared_links_expiring on shared_links (expires_at);
;;
call wall_off('shared_links');
;;
grant select, insert, update (expires_at) on shared_links to fleetpost_app;
;;
call admit_fleet('shared_links');
;;
grant select (tenant_id, id, domain_id, lookup, secret_hash, expires_at), delete on shared_links to fleetpost_fleet;
;;
-- A way into a tenant's DNS at its provider.
create table dns_connections (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  kind text not null check (length(kind) <= 32),
  name text not null check (length(name) between 1 and 100),
  credentials bytea not null,              -- encrypted JSON, purpose dns_connections.credentials
  tested_at timestamptz,                   -- when they last opened a zone
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
;;
call wall_off('dns_connections');
;;
grant select, insert, update, delete on dns_connections to fleetpost_app;
;;
-- Records brought to a provider: what is there, what is to be, and how far it got.
create table dns_publications (
  tenant_id uuid not null,
  id uuid not null,
  domain_id uuid not null,
  connection_id uuid not null,
  status text not null check (status in
    ('comparing', 'compared', 'applying', 'applied', 'rolling_back', 'rolled_back', 'incomplete', 'failed')),
  zone text not null default '',           -- the provider's zone that the domain lies in
  dry_run boolean not null,
  steps jsonb not null default '[]',       -- one for each record set: before, after, how it stands
  problem text,
  claimed_until timestamptz,               -- a worker is at it; if it dies, the row is taken up again from then on
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade,
  foreign key (tenant_id, connection_id) references dns_connections (tenant_id, id) on delete cascade
);
;;
create index dns_publications_by_domain on dns_publications (tenant_id, domain_id, id);
;;
create index dns_publications_open on dns_publications (claimed_until)
  where status in ('comparing', 'applying', 'rolling_back');
;;
call wall_off('dns_publications');
;;
grant select, insert, update, delete on dns_publications to fleetpost_app;
;;
call admit_fleet('dns_publications');
;;
grant select (tenant_id, id, status, claimed_until) on dns_publications to fleetpost_fleet;
