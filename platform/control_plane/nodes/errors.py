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
