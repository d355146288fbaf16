create table messages (
  tenant_id uuid not null,
  id uuid not null,                        -- UUIDv7: carries the time of acceptance
  domain_id uuid not null,
  from_email text not null,
  subject text not null,
  stream text not null check (stream in ('transactional', 'broadcast')),
  tags text[] not null default '{}',
  metadata jsonb not null default '{}',
  envelope bytea not null,                 -- msgpack of wire.Envelope: whose mail it is and how it is returned
  content bytea not null,                  -- msgpack of wire.Content, passed to nodes as it is
  primary key (tenant_id, id)
) partition by range (id);
;;
select ensure_partitions('messages', now(), 8);
;;
create index messages_by_sender on messages (tenant_id, from_email, id);
;;
create index messages_by_stream on messages (tenant_id, stream, id);
;;
call wall_off('messages');
;;
grant select, insert on messages to fleetpost_app;
;;
call admit_fleet('messages');
;;
grant select on messages to fleetpost_fleet;
