alter table mail_domains
  add column dkim_rotate_days int check (dkim_rotate_days between 30 and 730),  -- null: keys are replaced by hand only
  add column dkim_look_at timestamptz;                                           -- when its keys' lives may go on
;;
create index mail_domains_dkim_look on mail_domains (dkim_look_at) where dkim_look_at is not null;
;;
create index mail_domains_dkim_rotate on mail_domains (dkim_rotate_at) where dkim_rotate_at is not null;
;;
grant select (dkim_look_at) on mail_domains to fleetpost_fleet;
;;
alter table dkim_keys
  add column compromised_at timestamptz;   -- others may have it: it goes as soon as its successor signs
