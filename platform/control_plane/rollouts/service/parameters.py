"""The parameters of daemons that may be set, as forms show them."""

from control_plane.rollouts.schemas import Daemon, Settable
from tenant_agent import wire


def settable(daemon: Daemon) -> tuple[Settable, ...]:
    """List a daemon's parameters, with what each takes."""
    return tuple(
        Settable(name=name, takes=str(takes), words=takes.words if isinstance(takes, wire.Choice) else ())
        for name, takes in wire.PARAMETERS[daemon].items()
    )
