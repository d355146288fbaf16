-- People join: by an invitation to a tenant, or by a mailed link that proves their address.
create table invitations (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'developer', 'marketer', 'support', 'billing')),
  lookup text not null unique,
  secret_hash bytea not null,
  invited_by text not null,                -- the actor's name; empty when it was the platform
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);
;;
call wall_off('invitations');
;;
grant select, insert, update, delete on invitations to fleetpost_app;
;;
call admit_fleet('invitations');
;;
grant select, insert, update, delete on invitations to fleetpost_fleet;
;;
-- Mailed links, each good once and for one purpose; only the fleet role, which belongs to no tenant either, sees them.
create table links (
  id uuid primary key,
  lookup text not null unique,
  secret_hash bytea not null,
  purpose text not null check (purpose in ('sign_up', 'sign_in', 'reset_password')),
  email text not null check (email = lower(email)),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
;;
alter table links enable row level security;
;;
alter table links force row level security;
;;
call admit_fleet('links');
;;
grant select, insert, update, delete on links to fleetpost_fleet;
;;
create index links_by_email on links (email);
;;
create index links_by_end on links (expires_at);
