-- The tree: each tenant knows the way from the root to itself, what was decided for it and what follows from above.
alter table tenants
  add column path uuid[],                  -- ancestors from the root, then itself
  add column own_status text not null default 'active' check (own_status in ('active', 'throttled', 'suspended')),
  add column suspended_reason text,        -- why, in the words of who suspended it
  add column closing_at timestamptz,       -- it was closed; from then on its data is erased
  add column erased_at timestamptz,
  add column plan_id uuid,
  add column limits jsonb not null default '{}',  -- set for this tenant; what is absent comes from its plan
  add column brand jsonb not null default '{}',   -- an agency's own name, colours and logo; clients inherit it
  add column locale text not null default 'en';
;;
with recursive tree (id, path) as (
  select id, array[id] from tenants where parent_id is null
  union all
  select t.id, tree.path || t.id from tenants t join tree on t.parent_id = tree.id
)
update tenants t set path = tree.path, own_status = t.status from tree where tree.id = t.id;
;;
alter table tenants alter column path set not null;
;;
create index tenants_by_path on tenants using gin (path);
;;
create index tenants_by_parent on tenants (parent_id, id);
;;
-- The worse of two states.
create function worse_status(one text, other text) returns text language sql immutable parallel safe
return case when 'suspended' in (one, other) then 'suspended' when 'throttled' in (one, other) then 'throttled' else 'active' end;
;;
-- A new tenant stands below its parent, and is no better off.
create function take_place_in_tree() returns trigger language plpgsql as $$
declare above record;
begin
  select path, status into above from tenants where id = new.parent_id;
  new.path := coalesce(above.path, '{}') || new.id;
  new.status := worse_status(new.own_status, coalesce(above.status, 'active'));
  return new;
end $$;
;;
create trigger take_place_in_tree before insert on tenants for each row execute function take_place_in_tree();
;;
drop policy tenant on tenants;
;;
-- A tenant sees itself and what is below it. To see inside of those it needs a grant.
create policy tenant on tenants for select to fleetpost_app using (path @> array[app_tenant()]);
;;
-- That an agency's people may act for a client: given when the agency makes the client, taken back by either.
create table tenant_grants (
  tenant_id uuid not null references tenants (id),   -- the client
  grantee_id uuid not null references tenants (id),  -- whose people may act for it
  role text not null check (role in ('owner', 'admin', 'developer', 'marketer', 'support', 'billing')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, grantee_id),
  check (tenant_id <> grantee_id)
);
;;
create index tenant_grants_by_grantee on tenant_grants (grantee_id);
;;
call wall_off('tenant_grants');
;;
create policy grantee on tenant_grants for select to fleetpost_app using (grantee_id = app_tenant());
;;
grant select, insert, update, delete on tenant_grants to fleetpost_app;
;;
call admit_fleet('tenant_grants');
;;
grant select, insert, update, delete on tenant_grants to fleetpost_fleet;
