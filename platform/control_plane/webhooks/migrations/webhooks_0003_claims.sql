-- Whether an earlier event of the same message is still on its way. Told apart by its predicate from the index of what
-- is due: the planner took that one, and read all that is due for each of its rows.
drop index webhook_deliveries_in_order;
;;
create index webhook_deliveries_in_order on webhook_deliveries (tenant_id, webhook_id, message_id, event_id)
  where status = 'pending' and message_id is not null;
