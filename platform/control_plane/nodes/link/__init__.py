"""A node's connection: its desired state and its work go down, its events and its health come up (see `wire`)."""
