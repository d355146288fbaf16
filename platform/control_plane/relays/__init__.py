"""Servers of somebody else's that mail can leave by."""
