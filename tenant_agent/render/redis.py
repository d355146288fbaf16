"""The node's Redis: on a socket only, behind a password, keeping nothing on disk."""

from tenant_agent.layout import Layout
from tenant_agent.render import File, Tree


def render(layout: Layout, *, password: str) -> Tree:
    """Give `redis.conf`. The password is what keeps tenants' own processes on the node from the signing keys."""
    text = f"""\
# Written by the Fleetpost agent; changes made here are lost.
port 0
unixsocket {layout.redis_socket}
unixsocketperm 777
requirepass {password}
daemonize no
logfile ""
loglevel notice
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru
"""
    return {"redis.conf": File(text=text, mode=0o640, group="redis")}
