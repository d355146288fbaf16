"""How much each tenant may use, and how much it has used, counted up the tree of tenants."""
