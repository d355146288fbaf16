-- How other nodes know this one: the certificate that it made for itself (PEM), as it last showed it.
alter table nodes add column fleet_certificate text;
