-- Our accounts with certificate authorities, and how the authorities do; they belong to the platform.
create table acme_accounts (
  directory text primary key check (length(directory) <= 2000),  -- its URL
  private_key bytea not null,              -- encrypted, purpose acme_accounts.private_key
  url text,                                -- null: not registered yet, or forgotten by the authority
  problem text,                            -- why it last failed us, in a sentence; null: it did not
  problem_at timestamptz,
  answered_at timestamptz,                 -- when it last did what it was asked
  created_at timestamptz not null default now()
);
;;
grant select, insert, update on acme_accounts to fleetpost_fleet;
;;
-- One row for each set of names: what is served under them, and how the next one is coming along.
create table certificates (
  tenant_id uuid not null references tenants (id),
  id uuid not null unique,
  names text[] not null check (cardinality(names) between 1 and 100),  -- A-labels, the first is the item's key on nodes
  origin text not null check (origin in ('served', 'asked', 'upload')),  -- its DNS points to us; by request; the customer's own
  places text[] not null check (places <@ array['node', 'front'] and cardinality(places) > 0),
  status text not null default 'pending' check (status in ('pending', 'issued', 'failed', 'revoked', 'superseded')),
  chain text,                              -- PEM, without the root; null: none yet
  private_key bytea,                       -- encrypted, purpose certificates.private_key
  issuer text not null default '',
  key_type text not null default '',
  fingerprint text not null default '',    -- SHA-256, hexadecimal
  not_before timestamptz,
  not_after timestamptz,
  directory text not null default '',      -- URL of the authority that issued it
  registered_domain text not null default '',  -- what authorities count by
  issued_at timestamptz,
  renew_at timestamptz,
  window_start timestamptz,                -- when the authority wants it renewed (RFC 9773)
  window_end timestamptz,
  window_checked_at timestamptz,
  attempts int not null default 0,         -- failed in a row
  authority_failures int not null default 0,  -- of those, the authorities'
  problem text,                            -- the last one, in a sentence
  proof_failed_at timestamptz,             -- when an authority last looked and did not find the proof
  next_attempt_at timestamptz,             -- when something is to be done; null: nothing is
  warned_days int,                         -- the last warning said that so many days are left
  changed_at timestamptz not null,         -- since when this chain is served
  created_at timestamptz not null,
  primary key (tenant_id, id),
  check ((chain is null) = (private_key is null))
);
;;
create unique index certificates_one_per_names on certificates (tenant_id, names) where origin <> 'upload';
;;
create index certificates_due on certificates (next_attempt_at) where next_attempt_at is not null;
;;
create index certificates_by_budget on certificates (registered_domain, issued_at) where issued_at is not null;
;;
call wall_off('certificates');
;;
grant select, insert, update, delete on certificates to fleetpost_app;
;;
call admit_fleet('certificates');
;;
grant select on certificates to fleetpost_fleet;
;;
-- An order under way: what is needed to go on with it in another process.
create table certificate_orders (
  tenant_id uuid not null,
  certificate_id uuid not null,
  directory text not null,
  url text not null,
  finalize_url text not null,
  private_key bytea not null,              -- encrypted, purpose certificate_orders.private_key: the coming certificate's
  probes int not null default 0,           -- how often the answers could not be reached by ourselves
  created_at timestamptz not null,
  primary key (tenant_id, certificate_id),
  foreign key (tenant_id, certificate_id) references certificates (tenant_id, id) on delete cascade
);
;;
call wall_off('certificate_orders');
;;
grant select, insert, update, delete on certificate_orders to fleetpost_app;
;;
-- What the authority wants to find (RFC 8555 §8.3, §8.4); secrets they are not.
create table certificate_challenges (
  tenant_id uuid not null,
  certificate_id uuid not null,
  token text not null check (token ~ '^[A-Za-z0-9_-]{1,200}$'),
  kind text not null check (kind in ('http-01', 'dns-01')),
  name text not null,                      -- of the host that is proven, without a wildcard
  domain_id uuid,                          -- dns-01: whose record in our zone is answered with
  value text not null,                     -- http-01: the key authorisation; dns-01: the text of the record
  url text not null,
  authorization_url text not null,
  answered boolean not null default false,  -- the authority was told to look
  primary key (tenant_id, certificate_id, token),
  foreign key (tenant_id, certificate_id) references certificate_orders (tenant_id, certificate_id) on delete cascade
);
;;
create index certificate_challenges_by_token on certificate_challenges (token);
;;
call wall_off('certificate_challenges');
;;
grant select, insert, update, delete on certificate_challenges to fleetpost_app;
;;
call admit_fleet('certificate_challenges');
;;
grant select (token, kind, value) on certificate_challenges to fleetpost_fleet;
;;
-- What to answer an authority that asks for a token, whoever's host it asks at: by an unguessable token.
create function acme_answer(wanted text) returns text
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select c.value from certificate_challenges c where c.token = wanted and c.kind = 'http-01' limit 1;
end;
;;
-- How many certificates below a registered domain were issued since: authorities count over all customers.
create function certificates_issued(wanted text, since timestamptz) returns bigint
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select count(*) from certificates c where c.registered_domain = wanted and c.issued_at > since;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function acme_answer owner to fleetpost_fleet;
;;
alter function certificates_issued owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function acme_answer, certificates_issued from public;
;;
grant execute on function acme_answer, certificates_issued to fleetpost_app;
