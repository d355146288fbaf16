"""OpenID Connect, spoken to providers that customers name: discovery, the way there and back, and the token's check.

Whoever names a provider may run it, and may mean harm: what it says counts for its own tenant only.
"""
