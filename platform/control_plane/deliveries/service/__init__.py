"""Deliveries on their way through the fleet: leased to nodes in batches, and moved on by the events that come back."""

from control_plane.deliveries.service.bounces import Sent, came_back, find_sent
from control_plane.deliveries.service.claims import LEASE_SECONDS, PREFIX, claim
from control_plane.deliveries.service.complaints import complain, complained_about
from control_plane.deliveries.service.events import ingest
from control_plane.deliveries.service.leases import (
    forget_leases,
    in_doubt,
    put_back_in_line,
    release_expired,
    release_of,
    take,
)
from control_plane.deliveries.service.played import play, waiting_to_be_played
from control_plane.deliveries.service.provider_events import ProviderEvent, told_by_provider
from control_plane.deliveries.service.returns import forget_returns, give_back, unpark
from control_plane.deliveries.service.upkeep import drop_partitions, extend_partitions
from control_plane.deliveries.service.waiting import await_turn, find_turns, free_suspended, hold_suspended
from control_plane.deliveries.service.waits import why_waiting, without_way_out

__all__ = [
    "LEASE_SECONDS",
    "PREFIX",
    "ProviderEvent",
    "Sent",
    "await_turn",
    "came_back",
    "claim",
    "complain",
    "complained_about",
    "drop_partitions",
    "extend_partitions",
    "find_sent",
    "find_turns",
    "forget_leases",
    "forget_returns",
    "free_suspended",
    "give_back",
    "hold_suspended",
    "in_doubt",
    "ingest",
    "play",
    "put_back_in_line",
    "release_expired",
    "release_of",
    "take",
    "told_by_provider",
    "unpark",
    "waiting_to_be_played",
    "why_waiting",
    "without_way_out",
]
