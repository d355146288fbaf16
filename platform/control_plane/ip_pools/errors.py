"""What can be wrong with pools and their addresses."""

from control_plane.core.errors import Conflict, Unavailable


class NoPool(Unavailable):
    """Your provider has no sending address for this stream yet: nothing is wrong with your request, repeat it later."""

    code = "no_ip_pool"


class AddressInUse(Conflict):
    """An address can live on one node only: release it there before you give it to another."""

    code = "ip_in_use"
