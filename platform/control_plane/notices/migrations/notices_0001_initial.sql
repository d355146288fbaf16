-- Mails of the platform itself to people, between the act that they tell of and their acceptance as messages.
create table notices (
  id uuid primary key,
  recipient text not null,
  notice jsonb not null,                   -- what it says; a link in it is good for one person and some time
  language text,                           -- null: the person's own, else the account's that it is about
  about_tenant_id uuid,                    -- whose host and brand it bears
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,         -- later it helps nobody
  next_try_at timestamptz not null default now(),
  tries int not null default 0
);
;;
alter table notices enable row level security;
;;
alter table notices force row level security;
;;
-- Every act may tell a person of itself; what was told is read by nobody but who sends it.
create policy tell on notices for insert to fleetpost_app with check (true);
;;
grant insert on notices to fleetpost_app;
;;
call admit_fleet('notices');
;;
grant select, insert, update, delete on notices to fleetpost_fleet;
;;
create index notices_due on notices (next_try_at);
