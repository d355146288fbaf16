"""The fleet's nodes: their registration, enrolment, presence and desired state."""

from control_plane.nodes.service.bundle_signing import bundle_keys, public_keys, rotate_bundle_key
from control_plane.nodes.service.desired_state import (
    desired_generation,
    hold,
    hold_all_still,
    hold_still,
    next_changes,
    next_pages,
    publish,
    publish_own,
    withdraw_all,
)
from control_plane.nodes.service.enrolment import authenticate, enrol, new_enrolment_token, renew
from control_plane.nodes.service.force import wait_in_force
from control_plane.nodes.service.placements import (
    mailbox_node,
    mark_empty_filled,
    mark_filled,
    place_everywhere,
    place_tenant,
    unfilled_placements,
)
from control_plane.nodes.service.presence import applied, applied_all, heard, seen
from control_plane.nodes.service.pulse import look
from control_plane.nodes.service.registry import (
    change,
    describe_again,
    find_named,
    get,
    is_enrolled,
    list_nodes,
    register_node,
    retired_hosts,
)
from control_plane.nodes.service.watch import conditions, quarantined

__all__ = [
    "applied",
    "applied_all",
    "authenticate",
    "bundle_keys",
    "change",
    "conditions",
    "describe_again",
    "desired_generation",
    "enrol",
    "find_named",
    "get",
    "heard",
    "hold",
    "hold_all_still",
    "hold_still",
    "is_enrolled",
    "list_nodes",
    "look",
    "mailbox_node",
    "mark_empty_filled",
    "mark_filled",
    "new_enrolment_token",
    "next_changes",
    "next_pages",
    "place_everywhere",
    "place_tenant",
    "public_keys",
    "publish",
    "publish_own",
    "quarantined",
    "register_node",
    "renew",
    "retired_hosts",
    "rotate_bundle_key",
    "seen",
    "unfilled_placements",
    "wait_in_force",
    "withdraw_all",
]
