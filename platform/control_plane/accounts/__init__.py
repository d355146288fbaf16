"""People, their memberships and the keys of their programs."""
