"""What can be wrong with pools and their addresses."""

from control_plane.core.errors import Conflict, Unavailable


class NoPool(Unavailable):
    """Your provider has no sending address for this stream yet: nothing is wrong with your request, repeat it later."""

    code = "no_ip_pool"


class AddressInUse(Conflict):
    """An address lives on one node and sends one stream: release it there before you give it to another."""

    code = "ip_in_use"


class StreamsApart(Conflict):
    """Transactional mail and broadcasts never share an address: choose a pool of the stream that it sends already."""

    code = "ip_streams_apart"


class StepRefused(Conflict):
    """The address is not in a state from which this can be done."""

    code = "ip_step_refused"


class NotDrained(Conflict):
    """Mail may still leave by this address: drain it first, and wait until its node's queue is empty."""

    code = "ip_not_drained"


class CoolingDown(Conflict):
    """The address was used by somebody else and cools down: wait, or shorten that with a reason."""

    code = "ip_cooling_down"


class NotReady(Conflict):
    """The address cannot send yet: its findings say what is missing."""

    code = "ip_not_ready"


class PoolInUse(Conflict):
    """The pool has or had addresses, or is its owner's default: it can be renamed, not deleted."""

    code = "ip_pool_in_use"


class PoolEmpty(Conflict):
    """No address of this pool takes mail: all mail of the stream would wait. Give it one first."""

    code = "ip_pool_empty"


class PoolExists(Conflict):
    """There is another default pool for this stream just now: repeat your change."""

    code = "ip_pool_exists"
