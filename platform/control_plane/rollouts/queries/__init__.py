"""The SQL of roll-outs."""
