"""The SQL of the sandbox."""
