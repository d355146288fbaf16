alter table mail_domains
  add column flawed_since timestamptz,                       -- a required record has been missing or wrong since
  add column told text check (told in ('verified', 'degraded', 'unproven', 'failed', 'expiring', 'expired')),
                                                             -- what its people were last written about
  add column served text[] not null default '{}';            -- purposes of the names below it that point to us
;;
-- The bulk of checks finds everything as it was: their times are written for many domains at once.
grant select (ownership_token, checked_at, checks_failed, created_at, proof_missing_since, flawed_since, told, served),
  update (checked_at, next_check_at, checks_failed) on mail_domains to fleetpost_fleet;
;;
grant select (selector, algorithm, public_key) on dkim_keys to fleetpost_fleet;
;;
-- The verified domains that must be looked at soonest stand together for each tenant, so that turns can be taken.
create index mail_domains_turns on mail_domains (next_check_at, tenant_id, id) where next_check_at is not null;
;;
drop index mail_domains_due;
