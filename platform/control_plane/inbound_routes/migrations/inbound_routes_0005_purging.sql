create index events_of_received on events (tenant_id, (data ->> 'inbound_message_id')) where type = 'message.received';
;;
grant update (data) on events to fleetpost_fleet;
;;
-- Throw away what is left elsewhere of a mail of a tenant's: what its event says of the content, and the mail as it was
-- handed up. The fleet role's, since nobody else reads the latter, and events are never changed otherwise.
create function purge_received(owner uuid, mail uuid, public_id text) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'mail of another tenant' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from inbound_messages where tenant_id = owner and id = mail) then
    return;
  end if;
  update events set data = data || '{"content": null, "raw": null}'
    where tenant_id = owner and type = 'message.received' and data ->> 'inbound_message_id' = public_id;
  update inbound_mails set status = 'done', tenant_id = owner, settled_at = now(), next_attempt_at = null
    where id = mail and next_attempt_at is not null;
  delete from inbound_bodies where mail_id = mail;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function purge_received owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function purge_received from public;
;;
grant execute on function purge_received to fleetpost_app;
