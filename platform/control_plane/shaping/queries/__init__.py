"""The SQL of shaping."""
