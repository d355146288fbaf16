"""Fleetpost's server-rendered pages: the tenant's portal, and later the agency's and operator's consoles."""
