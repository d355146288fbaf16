-- Files that are too large for the other tables. They lie in a directory or in object storage (core/blobs); a row is
-- written before its file is, so that no file is there that nobody knows of.
create table blobs (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  size bigint not null,
  sha256 bytea not null,
  sealed_key bytea not null,               -- encrypted, purpose blobs.sealed_key: what the file is encrypted with
  forget_at timestamptz,                   -- when it goes, unless something uses it by then; null: something does
  primary key (tenant_id, id)
);
;;
create index blobs_to_forget on blobs (forget_at) where forget_at is not null;
;;
call wall_off('blobs');
;;
grant select, update (forget_at) on blobs to fleetpost_app;
;;
call admit_fleet('blobs');
;;
grant select, insert, delete, update (forget_at) on blobs to fleetpost_fleet;
;;
-- What uses a file: a message, by its id. Messages without large files have no row here.
create table blob_uses (
  tenant_id uuid not null references tenants (id),
  used_by uuid not null,
  blob_id uuid not null,
  primary key (tenant_id, used_by, blob_id),
  foreign key (tenant_id, blob_id) references blobs (tenant_id, id)
);
;;
create index blob_uses_by_blob on blob_uses (tenant_id, blob_id);
;;
call wall_off('blob_uses');
;;
grant select, insert on blob_uses to fleetpost_app;
;;
call admit_fleet('blob_uses');
;;
grant select, delete on blob_uses to fleetpost_fleet;
