"""The SQL of agencies."""
