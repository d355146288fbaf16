"""Fleetpost's control plane: the one place that decides; the fleet's nodes carry out."""
