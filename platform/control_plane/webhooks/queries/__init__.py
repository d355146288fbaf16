"""The SQL of webhooks: the webhooks themselves, and what is sent to them."""
