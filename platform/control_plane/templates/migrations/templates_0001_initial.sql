-- What messages are made from, and what is around them. What was written stands in the versions; these never change.
create table templates (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  kind text not null check (kind in ('message', 'layout')),
  name text not null check (length(name) between 1 and 100),
  description text not null default '' check (length(description) <= 500),
  undefined text not null default 'lenient' check (undefined in ('lenient', 'strict')),  -- what a name without data does
  live int not null default 1,             -- the number of the version that is sent
  latest int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
;;
call wall_off('templates');
;;
grant select, insert, delete on templates to fleetpost_app;
;;
grant update (name, description, undefined, live, latest, updated_at) on templates to fleetpost_app;
;;
create table template_versions (
  tenant_id uuid not null,
  template_id uuid not null,
  number int not null check (number > 0),
  subject text not null default '',
  html text,
  text text,
  mjml text,
  layout_id uuid,
  sample_data text not null default '{}',  -- JSON as it was given: jsonb would not take every string
  author text not null default '',
  created_at timestamptz not null default now(),
  primary key (tenant_id, template_id, number),
  foreign key (tenant_id, template_id) references templates (tenant_id, id) on delete cascade,
  foreign key (tenant_id, layout_id) references templates (tenant_id, id) on delete set null (layout_id),
  check (html is null or mjml is null)
);
;;
call wall_off('template_versions');
;;
grant select, insert, delete on template_versions to fleetpost_app;
;;
-- Who uses a layout, and what goes when it goes.
create index template_versions_by_layout on template_versions (tenant_id, layout_id) where layout_id is not null;
