-- What the platform's own zone is to hold. Names are relative to it, so that it may be given another name.
create table zone_records (
  tenant_id uuid,                          -- null: the platform's own
  domain_id uuid,                          -- whose name it is; it goes with the domain
  name text not null check (length(name) <= 253 and name = lower(name)),
  type text not null check (type ~ '^[A-Z0-9]{1,10}$'),
  content text[] not null check (cardinality(content) between 1 and 50),
  ttl_seconds int not null check (ttl_seconds between 1 and 604800),
  primary key (name, type),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade,
  check ((tenant_id is null) = (domain_id is null))
);
;;
create index zone_records_by_domain on zone_records (tenant_id, domain_id);
;;
call wall_off('zone_records');
;;
grant select, insert, update, delete on zone_records to fleetpost_app;
;;
call admit_fleet('zone_records');
;;
grant select, insert, update, delete on zone_records to fleetpost_fleet;
;;
-- Record sets that the name server has yet to be told of; what is to be said is in zone_records, or nothing is.
create table zone_changes (
  name text not null,
  type text not null,
  version bigint generated always as identity,  -- another one whenever it changes again
  attempts int not null default 0,
  due_at timestamptz not null default now(),
  primary key (name, type)
);
;;
create index zone_changes_due on zone_changes (due_at);
;;
grant select, insert, update, delete on zone_changes to fleetpost_fleet;
;;
-- Whoever changes a wish, be it by a cascade or an erasure: the name server will hear of it.
create function note_zone_change() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into zone_changes (name, type) values (coalesce(new.name, old.name), coalesce(new.type, old.type))
  on conflict (name, type) do update set version = default, attempts = 0, due_at = now();
  return null;
end $$;
;;
create trigger zone_records_changed after insert or update or delete on zone_records
for each row execute function note_zone_change();
;;
grant create on schema public to fleetpost_fleet;
;;
alter function note_zone_change owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function note_zone_change from public;
