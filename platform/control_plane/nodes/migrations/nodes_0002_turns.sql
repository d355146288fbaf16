-- Wait for one's turn with a tenant's nodes: whoever reads state and then publishes it calls this first, so that what it
-- publishes is the newest, and that all lock the nodes' rows in one order, whichever roles each change is for.
create function lock_nodes(owner uuid) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if session_user = 'fleetpost_app' and owner is distinct from app_tenant() then
    raise exception 'nodes of another tenant' using errcode = 'insufficient_privilege';
  end if;
  perform n.id from nodes n join placements p on p.node_id = n.id
  where p.tenant_id = owner and n.status <> 'retired' order by n.id for no key update of n;
end $$;
;;
grant create on schema public to fleetpost_fleet;
;;
alter function lock_nodes owner to fleetpost_fleet;
;;
revoke create on schema public from fleetpost_fleet;
;;
revoke execute on function lock_nodes from public;
;;
grant execute on function lock_nodes to fleetpost_app, fleetpost_fleet;
