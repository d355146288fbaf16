"""From what a node is to the text of its daemons' configuration files: pure, and the same text for the same node."""

import msgspec

from tenant_agent.layout import Layout
from tenant_agent.relays.walls import Walls


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be."""

    text: str
    mode: int = 0o644
    group: str | None = None


Tree = dict[str, File]
"""Files by their path below the daemon's configuration directory."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent itself knows of its host, as far as a service's files name it."""

    layout: Layout
    certificate: str = ""
    """A path to a PEM file, like `key`."""
    key: str = ""
    redis_password: str = ""
    walls: Walls = Walls()
