"""What a node's daemons are to be like: all that the control plane says about their configuration."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from tenant_agent import wire
from tenant_agent.compose.address import mail_address
from tenant_agent.compose.failures import Unsendable
from tenant_agent.identifiers import Unfit
from tenant_agent.transports import PLAIN
from tenant_agent.wire.parameters import DAEMONS, Daemon, unfit

STOCK: Final = wire.DaemonsItem(release="default")
"""What holds until the control plane has rolled something out."""


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration of all daemons, whatever of it has changed."""

    node: wire.NodeItem
    shaping: wire.ShapingItem = PLAIN
    daemons: wire.DaemonsItem = STOCK
    """Without its probe: that one is made when the rest is in force."""

    @property
    def releases(self) -> tuple[str, str]:
        """What of it was rolled out last."""
        return self.daemons.release, self.shaping.release


def changed_release(design: Design, before: tuple[str, str]) -> str:
    """Say with which release a design came; empty if with none, as when the node itself is another."""
    return next((new for new, old in zip(design.releases, before, strict=True) if new != old), "")


def parameters_of(item: wire.DaemonsItem, daemon: Daemon) -> Mapping[str, str]:
    """Give what a daemon's configuration is to say in addition."""
    by_daemon: dict[Daemon, dict[str, str]] = {
        "postfix": item.postfix,
        "dovecot": item.dovecot,
        "rspamd": item.rspamd,
    }
    return by_daemon[daemon]


def check_daemons(item: wire.DaemonsItem, renderers: Collection[int]) -> None:
    """Check what is rolled out before it reaches a configuration file; raises `Unfit`.

    The control plane has checked it by the same list: this is for the day when that one is in foreign hands.
    """
    if item.renderer and item.renderer not in renderers:
        raise Unfit(f"the agent has no renderer {item.renderer}, only {', '.join(map(str, sorted(renderers)))}")
    for daemon in DAEMONS:
        for name, value in parameters_of(item, daemon).items():
            reason = unfit(daemon, name, value)
            if reason is not None:
                raise Unfit(f"{daemon}: {name[:80]!r} is {value[:80]!r}: {reason}")
    if item.probe is not None:
        _check_recipient(item.probe.recipient)


def _check_recipient(address: str) -> None:
    try:
        mail_address(address)
    except Unsendable as error:
        raise Unfit(f"the probe cannot be sent: {error}") from error
