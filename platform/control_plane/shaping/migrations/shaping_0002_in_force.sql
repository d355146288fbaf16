-- Which version of the rules is in force. Versions that were saved to be rolled out are not, until they went through.
create table shaping_in_force (
  one boolean primary key default true check (one),
  number int not null,                     -- 0: the set that comes with the product
  release text not null
);
;;
insert into shaping_in_force (number, release)
  select coalesce(max(number), 0), 'default' from shaping_versions;
;;
grant select, insert, update on shaping_in_force to fleetpost_fleet;
;;
-- Nodes that have another version than the one in force, while it is rolled out.
create table shaping_pins (
  node_id uuid primary key references nodes (id),
  number int not null,
  release text not null
);
;;
grant select, insert, update, delete on shaping_pins to fleetpost_fleet;
