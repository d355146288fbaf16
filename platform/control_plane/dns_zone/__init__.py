"""The platform's own authoritative zone: what customers' records point to, written by dynamic updates (RFC 2136)."""
