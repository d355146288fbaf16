"""What can be wrong with a warm-up."""

from control_plane.core.errors import Conflict


class WarmupOver(Conflict):
    """The warm-up of this address is over: have the address warmed up again to begin anew."""

    code = "warmup_over"
