-- Addresses that mail is not sent to, and why. What was ended stays as history: an address that bounces again gets a
-- row of its own again.
create table suppressions (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  email text not null check (length(email) between 1 and 320),  -- lower case; '@else.test': all addresses of the domain
  stream text not null default '' check (stream in ('', 'transactional', 'broadcast')),  -- '': both
  for_clients boolean not null default false,  -- holds for the accounts below the tenant too
  reason text not null check (reason in ('hard_bounce', 'soft_bounce', 'complaint', 'unsubscribe', 'manual')),
  source text not null check (source in ('api', 'portal', 'import', 'bounce', 'complaint', 'unsubscribe')),
  note text not null default '' check (length(note) <= 500),
  message_id uuid,                         -- what led to it, where one mail did
  delivery_id uuid,
  created_by text not null default '',     -- a person's address or a key's name
  created_at timestamptz not null,
  expires_at timestamptz,                  -- from then on it holds nothing back
  ended_at timestamptz,
  ended_as text check (ended_as in ('deleted', 'reactivated', 'expired')),
  ended_by text,
  ended_because text check (length(ended_because) <= 500),
  primary key (tenant_id, id),
  check ((ended_at is null) = (ended_as is null))
);
;;
-- What every mail is asked by. The tenant stands in it as text, so that no other index can be taken for the question:
-- of a tenant that statistics do not know yet the planner takes the list for short, and would read all of it.
create unique index suppressions_active on suppressions ((tenant_id::text), email, stream, for_clients)
  where ended_at is null;
;;
-- Domains by themselves: most tenants have none, and then the many that are asked for cost next to nothing.
create index suppressions_domains on suppressions ((tenant_id::text), email, stream)
  where left(email, 1) = '@' and ended_at is null;
;;
-- The same for those above a tenant: there are few such, so that most look into an empty index.
create index suppressions_for_clients on suppressions ((tenant_id::text), email, stream)
  where for_clients and ended_at is null;
;;
create index suppressions_by_email on suppressions (tenant_id, email, id);
;;
create index suppressions_by_domain on suppressions (tenant_id, split_part(email, '@', 2), id);
;;
create index suppressions_by_reason on suppressions (tenant_id, reason, id) where ended_at is null;
;;
create index suppressions_ended on suppressions (tenant_id, id) where ended_at is not null;
;;
create index suppressions_expiring on suppressions (expires_at) where ended_at is null and expires_at is not null;
;;
call wall_off('suppressions');
;;
grant select, insert on suppressions to fleetpost_app;
;;
grant update (reason, source, note, message_id, delivery_id, created_by, created_at, expires_at,
  ended_at, ended_as, ended_by, ended_because) on suppressions to fleetpost_app;
;;
call admit_fleet('suppressions');
;;
grant select, insert on suppressions to fleetpost_fleet;
;;
grant update (reason, source, note, message_id, delivery_id, created_by, created_at, expires_at,
  ended_at, ended_as, ended_by, ended_because) on suppressions to fleetpost_fleet;
;;
-- Which of some addresses, and of their '@domains', are suppressed for a tenant's mail, by itself or from above. What
-- stands in the lists of those above is not shown but for what was asked.
create function find_suppressed(owner uuid, of_stream text, addresses text[], domains text[])
returns table (email text, reason text, is_own boolean) language plpgsql stable security definer
set search_path = public, pg_temp as $$
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'suppressions of another tenant' using errcode = 'insufficient_privilege';
  end if;
  return query
    select asked.entry, found.reason, true from unnest(addresses) as asked (entry) cross join lateral (
      select s.reason from suppressions s
      where s.tenant_id::text = owner::text and s.email = asked.entry and s.stream in ('', of_stream) and s.ended_at is null
        and (s.expires_at is null or s.expires_at > now()) offset 0) found
    union all
    select asked.entry, found.reason, true from unnest(domains) as asked (entry) cross join lateral (
      select s.reason from suppressions s
      where s.tenant_id::text = owner::text and s.email = asked.entry and left(s.email, 1) = '@' and s.stream in ('', of_stream)
        and s.ended_at is null and (s.expires_at is null or s.expires_at > now()) offset 0) found
    union all
    select asked.entry, found.reason, false
    from tenants t cross join lateral unnest(t.path) as above (id)
    cross join lateral unnest(addresses || domains) as asked (entry) cross join lateral (
      select s.reason from suppressions s
      where s.tenant_id::text = above.id::text and s.for_clients and s.email = asked.entry and s.stream in ('', of_stream)
        and s.ended_at is null and (s.expires_at is null or s.expires_at > now()) offset 0) found
    where t.id = owner and above.id <> owner;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function find_suppressed owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function find_suppressed from public;
;;
grant execute on function find_suppressed to fleetpost_app, fleetpost_fleet;
;;
-- A file of addresses on its way into the list.
create table suppression_imports (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  status text not null check (status in ('uploading', 'waiting', 'running', 'finished')),
  form text not null check (form in ('csv', 'jsonl')),
  reason text not null,                    -- of lines that name none
  stream text not null,
  for_clients boolean not null,
  created_by text not null,
  columns text[],                          -- of a CSV file, once its first line is read
  lines int not null default 0,            -- read so far
  added int not null default 0,
  known int not null default 0,            -- were there already, as strictly
  failed int not null default 0,
  faults jsonb not null default '[]',      -- the first of those that failed: line and message
  bytes bigint not null default 0,
  bytes_read bigint not null default 0,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
;;
create index suppression_imports_open on suppression_imports (status, created_at) where status <> 'finished';
;;
call wall_off('suppression_imports');
;;
grant select, insert, update, delete on suppression_imports to fleetpost_app;
;;
call admit_fleet('suppression_imports');
;;
grant select (tenant_id, id, status, created_at), delete on suppression_imports to fleetpost_fleet;
;;
-- Its content, in pieces of whole lines; what is read is dropped.
create table suppression_import_parts (
  tenant_id uuid not null,
  import_id uuid not null,
  place int not null,
  content bytea not null,
  primary key (tenant_id, import_id, place),
  foreign key (tenant_id, import_id) references suppression_imports (tenant_id, id) on delete cascade
);
;;
call wall_off('suppression_import_parts');
;;
grant select, insert, delete on suppression_import_parts to fleetpost_app;
