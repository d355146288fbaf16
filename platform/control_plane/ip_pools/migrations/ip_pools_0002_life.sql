-- Several pools per tenant and stream, of which one is the default; and the life of an address.
alter table ip_pools no force row level security;
;;
alter table ip_pools add column is_default boolean not null default true;
;;
drop index ip_pools_one_per_tenant_and_stream;
;;
create unique index ip_pools_one_default on ip_pools (tenant_id, stream) nulls not distinct where is_default;
;;
alter table ip_pools add constraint ip_pools_stream unique (id, stream);
;;
-- A pool's stream and owner are for ever: what was promised of its addresses holds.
revoke update on ip_pools from fleetpost_fleet;
;;
grant update (name, is_default), delete on ip_pools to fleetpost_fleet;
;;
alter table ips
  add column stream text,
  add column weight int not null default 1 check (weight between 1 and 1000),
  add column standby boolean not null default false,       -- warm and checked, and takes mail only when another one fails
  add column status_since timestamptz not null default now(),
  add column reason text not null default '',              -- why it is as it is, for people
  add column quarantined_for text check (quarantined_for in ('listing', 'rates', 'operator')),
  add column warm_at timestamptz,                          -- when it was first active in this tenure
  add column cool_until timestamptz,                       -- released: nobody else gets it before
  add column checked_at timestamptz,
  add column next_check_at timestamptz not null default now(),
  add column findings jsonb not null default '[]',         -- what the last check said of PTR, forward record and binding
  add constraint ips_one_host check (masklen(address) = case family(address) when 4 then 32 else 128 end);
;;
update ips i set stream = p.stream, warm_at = i.created_at, status_since = i.created_at
from ip_pools p where p.id = i.pool_id;
;;
alter table ips alter column stream set not null;
;;
-- Transactional mail and broadcasts never share an address: it has the stream of its pool, and keeps it in every pool,
-- until it was released.
alter table ips add constraint ips_stream_of_pool foreign key (pool_id, stream) references ip_pools (id, stream);
;;
create function keep_streams_apart() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  select p.stream into strict new.stream from ip_pools p where p.id = new.pool_id;
  if tg_op = 'UPDATE' and old.stream <> new.stream and old.status <> 'released' then
    raise exception 'an address that sent one stream cannot send another'
      using errcode = 'check_violation', constraint = 'ips_streams_apart';
  end if;
  return new;
end $$;
;;
create trigger keep_streams_apart before insert or update of pool_id, stream on ips
  for each row execute function keep_streams_apart();
;;
create index ips_by_pool on ips (pool_id);
;;
create index ips_to_check on ips (next_check_at) where status <> 'released';
;;
-- Whose an address was, and how it fared with them.
create table ip_tenures (
  id uuid primary key,
  ip_id uuid not null references ips (id),
  pool_id uuid not null references ip_pools (id),
  began_at timestamptz not null,
  ended_at timestamptz,                    -- null: it is still there
  sent int not null default 0,             -- these four are written down at its end
  bounced int not null default 0,
  deferred int not null default 0,
  complained int not null default 0,
  listings int not null default 0,         -- how often it was found on a severe list
  burnt boolean not null default false     -- it was quarantined for what was sent from it
);
;;
create unique index ip_tenures_one_open on ip_tenures (ip_id) where ended_at is null;
;;
create index ip_tenures_by_pool on ip_tenures (pool_id);
;;
-- No tenant column: the operator's history of its addresses outlives the tenants in it.
grant select, insert, update on ip_tenures to fleetpost_fleet;
;;
insert into ip_tenures (id, ip_id, pool_id, began_at)
select gen_random_uuid(), id, pool_id, created_at from ips where status <> 'released';
;;
alter table ip_pools force row level security;
