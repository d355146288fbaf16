"""The SQL of reputation."""
