-- Refusals that count against an address only when they happen again: see `rules`.
create table soft_bounces (
  tenant_id uuid not null references tenants (id),
  email text not null,                     -- in lower case
  delivery_id uuid not null,
  at timestamptz not null,
  bounce_class text not null,
  primary key (tenant_id, email, delivery_id)
);
;;
create index soft_bounces_by_age on soft_bounces (at);
;;
call wall_off('soft_bounces');
;;
grant select, insert on soft_bounces to fleetpost_app;
;;
call admit_fleet('soft_bounces');
;;
grant select, insert, delete on soft_bounces to fleetpost_fleet;
;;
-- Bounces by class. Whoever notes some leaves a few delta rows that nobody waits for; a sweep folds them into hours; who
-- reads adds what is not folded yet.
create table bounce_deltas (
  tenant_id uuid not null references tenants (id),
  id bigint generated always as identity,
  hour timestamptz not null,               -- in which they came
  stream text not null,
  provider text not null,                  -- see provider_of
  bounce_class text not null,
  bounces int not null,
  example text not null,                   -- what one of the servers said
  primary key (tenant_id, id)
);
;;
create table bounce_stats (
  tenant_id uuid not null references tenants (id),
  hour timestamptz not null,
  stream text not null,
  provider text not null,
  bounce_class text not null,
  bounces int not null,
  example text not null,
  primary key (tenant_id, hour, stream, provider, bounce_class)
) with (fillfactor = 80);
;;
create index bounce_stats_by_hour on bounce_stats (hour, bounce_class);
;;
call wall_off('bounce_deltas');
;;
call wall_off('bounce_stats');
;;
-- How the mail of its clients fares is an agency's business.
create policy above on bounce_deltas for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
create policy above on bounce_stats for select to fleetpost_app
  using (tenant_id in (select t.id from tenants t where t.path @> array[app_tenant()]));
;;
grant select, insert on bounce_deltas to fleetpost_app;
;;
grant select on bounce_stats to fleetpost_app;
;;
call admit_fleet('bounce_deltas');
;;
grant select, insert, delete on bounce_deltas to fleetpost_fleet;
;;
call admit_fleet('bounce_stats');
;;
grant select, insert, update, delete on bounce_stats to fleetpost_fleet;
;;
-- What came to return paths, whoever's they were: forged ones too, which are nobody's.
create table returned_mails (
  day date not null,
  outcome text not null,                   -- see `intake`
  mails bigint not null,
  primary key (day, outcome)
);
;;
grant select, insert, update, delete on returned_mails to fleetpost_fleet;
;;
-- When operators were last told that a class of providers refuses more than it did.
create table refusal_alarms (
  provider text not null,
  bounce_class text not null,
  told_at timestamptz not null,
  primary key (provider, bounce_class)
);
;;
grant select, insert, update on refusal_alarms to fleetpost_fleet;
