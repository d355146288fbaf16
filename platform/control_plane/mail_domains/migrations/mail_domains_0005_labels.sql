-- Who was given which name below the platform's own. It stays theirs when they delete it: whoever had it next would get
-- mail that is meant for them.
create table platform_labels (
  tenant_id uuid not null references tenants (id),
  label text not null primary key check (label ~ '^[a-z0-9]([a-z0-9-]{1,38}[a-z0-9])$'),
  given_at timestamptz not null
);
;;
create index platform_labels_by_tenant on platform_labels (tenant_id);
;;
call wall_off('platform_labels');
;;
grant select, insert on platform_labels to fleetpost_app;
