-- How much of a tenant's mail was taken up since a moment, for what is let through in a minute.
create table inbound_paces (
  tenant_id uuid not null references tenants (id),
  way text not null check (way in ('routed', 'forwarded')),
  since timestamptz not null,
  asked bigint not null,                   -- so many wanted to go since then, also those that were told to wait
  primary key (tenant_id, way)
) with (fillfactor = 50);
;;
call wall_off('inbound_paces');
;;
grant select, insert, update on inbound_paces to fleetpost_app;
