-- Which invitations were mailed in the last day: who makes and withdraws them in turn writes to nobody without end.
create table invitation_mails (
  id bigint generated always as identity primary key,
  recipient text not null,
  top_tenant_id uuid not null,             -- the account right below the operator: it answers for all below it
  at timestamptz not null
);
;;
alter table invitation_mails enable row level security;
;;
alter table invitation_mails force row level security;
;;
call admit_fleet('invitation_mails');
;;
grant select, insert, delete on invitation_mails to fleetpost_fleet;
;;
create index invitation_mails_by_recipient on invitation_mails (recipient, at);
;;
create index invitation_mails_by_sender on invitation_mails (top_tenant_id, at);
;;
create index invitation_mails_by_time on invitation_mails (at);
;;
-- Note that somebody is asked to join `account`, the bound tenant or one below it; gives how many mails that makes in a
-- day: from there to them, to them from anywhere, and from there to anybody. Those who count at once wait for each other.
create function note_invitation_mail(wanted text, account uuid)
returns table (to_them_from_there bigint, to_them bigint, from_there bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare top uuid; since timestamptz := clock_timestamp() - interval '1 day';
begin
  select coalesce(t.path[2], t.id) into top from tenants t
    where t.id = account and (session_user = 'fleetpost_fleet' or t.path @> array[app_tenant()]);
  if top is null then
    raise insufficient_privilege using message = 'the account is not the bound tenant''s';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('invitations from ' || top, 0));
  perform pg_advisory_xact_lock(hashtextextended('invitations to ' || wanted, 0));
  delete from invitation_mails m where m.at < since;
  insert into invitation_mails (recipient, top_tenant_id, at) values (wanted, top, clock_timestamp());
  return query select
    (select count(*) from invitation_mails m where m.recipient = wanted and m.top_tenant_id = top and m.at >= since),
    (select count(*) from invitation_mails m where m.recipient = wanted and m.at >= since),
    (select count(*) from invitation_mails m where m.top_tenant_id = top and m.at >= since);
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function note_invitation_mail owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function note_invitation_mail from public;
;;
grant execute on function note_invitation_mail to fleetpost_app;
