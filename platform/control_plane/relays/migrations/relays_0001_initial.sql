-- Servers of somebody else's that mail leaves by: a tenant's own, or the operator's for everybody's mail.
create table relays (
  tenant_id uuid not null references tenants (id),
  id uuid not null unique,
  for_all boolean not null default false,  -- the operator's, for mail of all tenants
  name text not null check (length(name) between 1 and 100),
  kind text not null check (length(kind) <= 32),
  host text not null check (host = lower(host) and length(host) <= 253),
  port int not null check (port in (25, 465, 587, 2465, 2525, 2587)),
  tls text not null check (tls in ('starttls', 'implicit')),
  username text not null check (length(username) <= 320),
  password bytea not null,                 -- encrypted, purpose relays.password
  mode text not null check (mode in ('always', 'fallback')),
  weight int not null check (weight between 1 and 1000),
  domains text[] not null,                 -- From domains; empty: all
  streams text[] not null,
  destinations text[] not null,            -- recipient domains or class:<name>; empty: all
  always_for text[] not null default '{}', -- domains that were switched to it
  status text not null default 'active' check (status in ('active', 'paused')),
  probe text not null default '',          -- what nodes were last asked to try it for
  probed_at timestamptz,
  hook_hash bytea not null,                -- of the secret in the address that its provider tells events to
  hook_key bytea,                          -- encrypted, purpose relays.hook_key: what their signatures are checked with
  hook_topic text not null default '' check (length(hook_topic) <= 256),  -- SES: the SNS topic that was confirmed
  version int not null default 1,          -- goes up with each change
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
;;
create index relays_for_all on relays (id) where for_all;
;;
call wall_off('relays');
;;
grant select, insert, update, delete on relays to fleetpost_app;
;;
call admit_fleet('relays');
;;
grant select, update (hook_topic) on relays to fleetpost_fleet;
;;
-- What left by each relay, for its page: only such events are in it.
create index events_by_relay on events ((coalesce(data -> 'route' ->> 'relay_id', data ->> 'relay_id')), id)
  where coalesce(data -> 'route' ->> 'relay_id', data ->> 'relay_id') is not null;
