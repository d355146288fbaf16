"""Domains: claimed, proven, signed for."""
