"""Inbound routes: which mail of a tenant's domains is taken, and what becomes of it."""
