"""What can be wrong with a node's registration and its enrolment."""

from control_plane.core.errors import Conflict, Unauthenticated


class EnrolmentRefused(Unauthenticated):
    """The enrolment token is unknown, used or expired: make a new one with `POST /v1/nodes/enrolment-tokens`."""

    code = "enrolment_refused"


class UnknownNode(Unauthenticated):
    """The node's credential is not valid any more: enrol the node again with a new token."""

    code = "unknown_node"


class NodeConflict(Conflict):
    """Another node has this hostname or address: each belongs to one node only."""

    code = "node_conflict"


class NodeStillServes(Conflict):
    """The node serves: drain it first, then retire it once it is empty."""

    code = "node_still_serves"


class NodeNotEmpty(Conflict):
    """The node still holds something: wait until it is empty, or confirm with its name that this may be lost."""

    code = "node_not_empty"


class NodeNotJoined(Conflict):
    """The node's agent has not reported yet: there is nothing to drain; it can be retired as it is."""

    code = "node_not_joined"


class NodeNotLost(Conflict):
    """The node answers: only one that is lost can be given up. Drain this one, then retire it."""

    code = "node_not_lost"


class NodeLost(Conflict):
    """The node is lost: wait until it is back, or give it up."""

    code = "node_lost"


class NodeRetired(Conflict):
    """The node is out of service for ever: register another."""

    code = "node_retired"
