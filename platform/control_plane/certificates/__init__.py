"""Certificates of host names: ordered by ACME or uploaded, renewed, and brought to nodes and front."""
