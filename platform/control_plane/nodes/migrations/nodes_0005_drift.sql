-- What was found changed by somebody else on the node, newest first, a limited number: [{service, what, tenant_id, at_ms}].
alter table nodes add column drifts jsonb not null default '[]';
;;
alter table nodes add column drifted_at timestamptz;
