"""What can be wrong with a brand."""

from control_plane.core.errors import Conflict


class HostTaken(Conflict):
    """Another agency has proven that this host name is its own: choose another one, or ask us if it should be yours."""

    code = "brand_host_taken"
