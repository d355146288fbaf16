"""The web front: a stock HAProxy in its own process, told by us what to serve and under which certificates."""
