"""One recipient of one message: claimed by a node, followed by its events."""
