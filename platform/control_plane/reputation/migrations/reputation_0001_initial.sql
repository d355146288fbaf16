-- What is looked for on blocklists: each outbound address, and each proven domain that mail is sent for.
create table blocklist_subjects (
  subject text primary key,                -- the address or the domain's name
  what text not null check (what in ('ip', 'domain')),
  tenant_id uuid references tenants (id),  -- whose domain; null: an address, which is the operator's
  looked_at timestamptz,
  next_look_at timestamptz not null,       -- spread over the day
  check ((what = 'domain') = (tenant_id is not null))
);
;;
create index blocklist_subjects_due on blocklist_subjects (next_look_at);
;;
call wall_off('blocklist_subjects');
;;
call admit_fleet('blocklist_subjects');
;;
grant select, insert, update, delete on blocklist_subjects to fleetpost_fleet;
;;
-- How each stands with each list.
create table blocklist_standings (
  subject text not null references blocklist_subjects (subject) on delete cascade,
  list text not null,
  tenant_id uuid references tenants (id),
  state text not null check (state in ('clean', 'suspected', 'listed', 'unknown')),
  severity text not null default '' check (severity in ('', 'warn', 'quarantine')),
  since timestamptz not null,              -- when it came into this state
  looked_at timestamptz not null,
  said text[] not null default '{}',       -- the list's return codes
  why text not null default '',            -- what they mean, or why nothing is known
  delisting_asked_at timestamptz,          -- an operator has asked the list to take it off
  primary key (subject, list)
);
;;
create index blocklist_standings_bad on blocklist_standings (state, subject) where state in ('listed', 'suspected');
;;
call wall_off('blocklist_standings');
;;
call admit_fleet('blocklist_standings');
;;
grant select, insert, update, delete on blocklist_standings to fleetpost_fleet;
;;
-- Each change of a standing.
create table blocklist_changes (
  id uuid primary key,
  tenant_id uuid references tenants (id),
  subject text not null,
  list text not null,
  state text not null,
  at timestamptz not null,
  said text[] not null default '{}',
  why text not null default ''
);
;;
create index blocklist_changes_by_subject on blocklist_changes (subject, id);
;;
call wall_off('blocklist_changes');
;;
call admit_fleet('blocklist_changes');
;;
grant select, insert, delete on blocklist_changes to fleetpost_fleet;
