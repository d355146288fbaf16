"""The SQL of moves (fleet role, but for the switch)."""
