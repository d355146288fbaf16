-- Keys that mail may be submitted with by SMTP. Nodes check their secrets by themselves, so the hash is of a form that
-- Dovecot reads; it is made with the key, since the secret is not there later.
alter table api_keys
  add column smtp boolean not null default false,
  add column smtp_hash text;               -- of the whole secret: base64 of SHA-512 and salt (SSHA512)
;;
create index api_keys_smtp on api_keys (tenant_id) where smtp and smtp_hash is not null and revoked_at is null;
