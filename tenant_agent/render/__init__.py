"""From what a node is to the text of its daemons' configuration files: pure, and the same text for the same node."""

import msgspec


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be."""

    text: str
    mode: int = 0o644
    group: str | None = None


Tree = dict[str, File]
"""Files by their path below the daemon's configuration directory."""
