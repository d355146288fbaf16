-- How each address fared at each provider class, by UTC day: what warm-up and reputation decide by. Counted where events
-- are stored, each event once. An address lives on one node, whose reports come one after the other, so nobody waits.
create table ip_daily (
  ip_id uuid not null references ips (id),
  day date not null,
  provider text not null,                  -- a class of `shaping`
  sent int not null default 0,             -- mails whose first attempt this was
  delivered int not null default 0,
  deferred int not null default 0,         -- attempts that the other side put off; what never reached it is left out
  bounced int not null default 0,
  complained int not null default 0,       -- on the day on which we heard of it
  primary key (ip_id, day, provider)
);
;;
create index ip_daily_by_day on ip_daily (day);
;;
grant select, insert, update, delete on ip_daily to fleetpost_fleet;
;;
-- Count a complaint for the address that the mail was delivered from; nothing if nobody knows which that was.
create function count_complaint(owner uuid, complaint_delivery uuid, complaint_message uuid, complained_on date)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'a complaint of another tenant' using errcode = 'insufficient_privilege';
  end if;
  insert into ip_daily (ip_id, day, provider, complained)
    select i.id, complained_on, coalesce(known.provider, 'generic'), 1
    from events e
    join deliveries d on d.tenant_id = e.tenant_id and d.id = e.delivery_id
    join ips i on i.node_id = d.node_id and host(i.address) = e.data ->> 'source_ip'
    left join lateral (
      select provider from ip_daily
      where ip_id = i.id and provider = e.data #>> '{route,provider}' limit 1
    ) known on true
    where e.tenant_id = owner and e.message_id = complaint_message and e.delivery_id = complaint_delivery
      and e.type = 'message.delivered'
    limit 1
  on conflict (ip_id, day, provider) do update set complained = ip_daily.complained + 1;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function count_complaint owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function count_complaint from public;
;;
grant execute on function count_complaint to fleetpost_app, fleetpost_fleet;
;;
-- An address that is being warmed up, or was. The table of steps is kept here as it was chosen: presets may change.
create table warmups (
  ip_id uuid primary key references ips (id),
  schedule jsonb not null,                 -- name, caps of each step, each class's share of them
  why text not null default '',            -- why it began, for people
  started_at timestamptz not null,
  finished_at timestamptz,
  held_at timestamptz                      -- by an operator; nothing climbs until they let it
);
;;
create index warmups_running on warmups (ip_id) where finished_at is null;
;;
grant select, insert, update on warmups to fleetpost_fleet;
;;
-- Where each class is in it.
create table warmup_classes (
  ip_id uuid not null references warmups (ip_id),
  provider text not null,
  step int not null check (step > 0),
  verdict text not null check (verdict in ('begin', 'climb', 'wait', 'hold', 'step_back', 'done')),
  why text not null default '',
  decided_on date not null,                -- the UTC day that it is for: decided once a day
  primary key (ip_id, provider)
);
;;
grant select, insert, update, delete on warmup_classes to fleetpost_fleet;
;;
-- What was planned for a day, to be shown beside what was sent.
create table warmup_days (
  ip_id uuid not null references warmups (ip_id),
  day date not null,
  provider text not null,
  step int not null,
  cap int not null,
  verdict text not null,
  why text not null default '',
  primary key (ip_id, day, provider)
);
;;
grant select, insert, update, delete on warmup_days to fleetpost_fleet;
