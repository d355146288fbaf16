-- What bad figures lead to, stream by stream: the step that is in force, why, and what stands behind it.
create table measures (
  tenant_id uuid not null references tenants (id),
  stream text not null check (stream in ('transactional', 'broadcast', 'all')),  -- 'all': the tenant itself
  step text not null check (step in ('none', 'warned', 'throttled', 'risk', 'paused')),
  cause text not null,                     -- see `decide`
  since timestamptz not null,              -- when this step was taken
  bad_at timestamptz not null,             -- when the figures were bad last
  counts_from timestamptz not null,        -- what was before has been answered for
  paused_at timestamptz,                   -- when its last pause ended
  pinned_until timestamptz,                -- an operator chose the step: figures change nothing before
  figures jsonb not null default '{}',     -- what was measured when the step was taken
  note text not null default '',           -- an operator's words
  reviewed_at timestamptz not null,
  settled_at timestamptz,                  -- when the queue last followed
  primary key (tenant_id, stream)
) with (fillfactor = 70);
;;
create index measures_in_force on measures (since) where step <> 'none';
;;
call wall_off('measures');
;;
-- Those above a tenant see what is done about its mail.
create policy above on measures for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
grant select on measures to fleetpost_app;
;;
call admit_fleet('measures');
;;
grant select, insert, update, delete on measures to fleetpost_fleet;
;;
create table measure_changes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  stream text not null,
  before text not null,
  after text not null,
  cause text not null,
  figures jsonb not null default '{}',
  note text not null default '',
  at timestamptz not null,
  primary key (tenant_id, id)
);
;;
call wall_off('measure_changes');
;;
create policy above on measure_changes for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
grant select on measure_changes to fleetpost_app;
;;
call admit_fleet('measure_changes');
;;
grant select, insert, delete on measure_changes to fleetpost_fleet;
;;
-- Whom an operator trusts for a while, whatever the figures say.
create table exemptions (
  tenant_id uuid primary key references tenants (id),
  until timestamptz not null,
  reason text not null
);
;;
call wall_off('exemptions');
;;
create policy above on exemptions for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
grant select on exemptions to fleetpost_app;
;;
call admit_fleet('exemptions');
;;
grant select, insert, update, delete on exemptions to fleetpost_fleet;
;;
-- What tenants say to a measure, and what they are answered.
create table appeals (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  status text not null default 'open' check (status in ('open', 'accepted', 'declined')),
  cause text not null,                     -- how it came to it, in the tenant's words
  changed text not null,                   -- what was changed since
  answer text not null default '',
  created_at timestamptz not null,
  answered_at timestamptz,
  primary key (tenant_id, id)
);
;;
create unique index appeals_one_open on appeals (tenant_id) where status = 'open';
;;
create index appeals_open on appeals (id) where status = 'open';
;;
call wall_off('appeals');
;;
create policy above on appeals for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
grant select, insert on appeals to fleetpost_app;
;;
call admit_fleet('appeals');
;;
grant select, update (status, answer, answered_at) on appeals to fleetpost_fleet;
;;
-- What is in force for a tenant, where all that asks looks anyway.
alter table tenants
  add column enforced_status text not null default 'active' check (enforced_status in ('active', 'throttled', 'suspended')),
  add column throttled_hour bigint,        -- deliveries an hour, while it is throttled
  add column starting_day bigint,          -- deliveries a day, while it is new; it grows
  add column paused_streams text[] not null default '{}',
  add column risk_streams text[] not null default '{}';
;;
create index tenants_starting on tenants (id) where starting_day is not null;
;;
-- A delivery can be held for its stream's sake, too. Existing rows have none of it: they need not be looked at.
alter table deliveries drop constraint deliveries_held_for_check;
;;
alter table deliveries add constraint deliveries_held_for_check
  check (held_for in ('quota', 'suspension', 'enforcement')) not valid;
;;
-- A pool for those whose mail others should not stand beside.
alter table ip_pools drop constraint ip_pools_kind_check;
;;
alter table ip_pools add constraint ip_pools_kind_check check (kind in ('shared', 'dedicated', 'risk'));
;;
alter table ip_pools add constraint ip_pools_risk_is_no_default check (kind <> 'risk' or not is_default);
;;
-- Complaints are few: the hours that have some are found by themselves.
create index delivery_stats_complained on delivery_stats (start)
  where grain = 'hour' and stream <> '' and complained > 0;
