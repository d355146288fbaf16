"""The SQL of warm-up (fleet role)."""
