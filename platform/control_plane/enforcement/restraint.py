"""What measures mean for those who ask at every mail: a pure decision."""

from collections.abc import Mapping
from uuid import UUID

from control_plane.enforcement.schemas import STEPS, Restraint, Scope, Step
from control_plane.ip_pools.schemas import STREAMS

THROTTLED_SHARE = 0.25
"""Of the busiest hour of the last week, or of the limit if that is less."""
THROTTLED_LEAST = 50
"""Deliveries an hour that are left to everybody who is throttled."""


def restraint_of(tenant_id: UUID, steps: Mapping[Scope, Step]) -> Restraint:
    """Say what is in force for a tenant by the steps of its streams and its own."""
    hardest = max((STEPS.index(step) for step in steps.values()), default=0)
    throttled = hardest >= STEPS.index("throttled")
    return Restraint(
        tenant_id=tenant_id,
        status="suspended" if steps.get("all") == "paused" else "throttled" if throttled else "active",
        throttled=throttled,
        paused=tuple(stream for stream in STREAMS if steps.get(stream) == "paused"),
        risk=tuple(stream for stream in STREAMS if steps.get(stream) == "risk"),
    )


def throttled_hour(busiest: int, limit: int | None) -> int:
    """Say how many deliveries an hour are left."""
    usual = busiest if limit is None else min(busiest, limit)
    return max(int(usual * THROTTLED_SHARE), THROTTLED_LEAST)
