-- What a domain's owner chose for what we serve below it; no row: the defaults.
create table domain_site_settings (
  tenant_id uuid not null,
  domain_id uuid not null,
  mta_sts_mode text not null default 'testing' check (mta_sts_mode in ('testing', 'enforce', 'none')),
  mta_sts_max_age_seconds int not null default 604800 check (mta_sts_max_age_seconds between 86400 and 31557600),
  mta_sts_changed_at timestamptz not null default now(),
  primary key (tenant_id, domain_id),
  foreign key (tenant_id, domain_id) references mail_domains (tenant_id, id) on delete cascade
);
;;
call wall_off('domain_site_settings');
;;
grant select, insert, update, delete on domain_site_settings to fleetpost_app;
;;
call admit_fleet('domain_site_settings');
;;
grant select on domain_site_settings to fleetpost_fleet;
;;
-- A proven domain with what is public about it anyway, for whoever asks: they have not signed in, and never will.
create function domain_site(wanted text) returns table (tenant_id uuid, domain_id uuid, mta_sts_mode text, mta_sts_max_age_seconds int)
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select d.tenant_id, d.id, coalesce(s.mta_sts_mode, 'testing'), coalesce(s.mta_sts_max_age_seconds, 604800)
  from mail_domains d join tenants t on t.id = d.tenant_id
  left join domain_site_settings s on s.tenant_id = d.tenant_id and s.domain_id = d.id
  where d.name = wanted and d.proven_at is not null and t.erased_at is null;
end;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function domain_site owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function domain_site from public;
;;
grant execute on function domain_site to fleetpost_app;
