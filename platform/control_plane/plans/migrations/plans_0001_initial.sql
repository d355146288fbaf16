-- What an operator or an agency offers to those below it.
create table plans (
  tenant_id uuid not null references tenants (id),  -- who offers it
  id uuid not null unique,
  name text not null check (length(name) between 1 and 100),
  limits jsonb not null default '{}',               -- absent or null: no limit
  over_limit text not null default 'stop' check (over_limit in ('stop', 'hold')),
  overage text not null default '',                 -- what more costs, in words
  price_minor bigint check (price_minor >= 0),      -- a month, in cents or what the currency's smallest unit is
  price_currency text check (price_currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now(),
  retired_at timestamptz,                           -- who has it keeps it; nobody else gets it
  primary key (tenant_id, id),
  check ((price_minor is null) = (price_currency is null))
);
;;
call wall_off('plans');
;;
create policy offered on plans for select to fleetpost_app
  using (tenant_id = (select t.parent_id from tenants t where t.id = app_tenant()));
;;
grant select, insert, update on plans to fleetpost_app;
;;
call admit_fleet('plans');
;;
grant select on plans to fleetpost_fleet;
;;
create index tenants_by_plan on tenants (plan_id) where plan_id is not null;
