"""What can be wrong with pools and their addresses."""

from control_plane.core.errors import Conflict, Unavailable


class NoPool(Unavailable):
    """There is no pool of sending addresses for this stream yet: the operator sets it up with `fleetpost bootstrap`."""

    code = "no_ip_pool"


class AddressInUse(Conflict):
    """An address can live on one node only: release it there before you give it to another."""

    code = "ip_in_use"
