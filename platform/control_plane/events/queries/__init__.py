"""The SQL of reading events."""
