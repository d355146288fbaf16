"""The SQL of the tree of tenants."""
