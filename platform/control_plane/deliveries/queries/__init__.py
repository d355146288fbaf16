"""The SQL of deliveries: claimed in batches by nodes, moved on by the events that nodes report (fleet role)."""
