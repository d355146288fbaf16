-- What the operator wants other than the set that comes with the product: each change is a version, the newest is in
-- force. The numbers count without a gap.
create table shaping_versions (
  id uuid primary key,
  number int not null unique check (number > 0),
  changes jsonb not null,                  -- classes and rules that replace or add to the product's, and those left out
  reason text not null,
  author text not null,                    -- who saved it, as the audit log names them
  created_at timestamptz not null default now()
);
;;
grant select, insert on shaping_versions to fleetpost_fleet;
