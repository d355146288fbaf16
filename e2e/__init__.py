"""Journeys through the whole system, on real parts, and the lab that they run in."""
