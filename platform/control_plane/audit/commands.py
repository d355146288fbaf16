"""`fleetpost audit`."""

from collections.abc import Callable
from uuid import UUID

from control_plane.audit import service
from control_plane.audit.service import Verdict
from control_plane.core.ids import encode
from control_plane.core.runtime import Runtime


async def verify(runtime: Runtime, tenant_id: UUID | None, say: Callable[[str], object]) -> bool:
    """Verify one log, or all, and say of each what was found; gives whether all are sound."""
    all_sound = True
    async for verdict in service.verify(runtime.db, tenant_id):
        say(_sentence(verdict))
        all_sound = all_sound and verdict.fault is None
    return all_sound


def _sentence(verdict: Verdict) -> str:
    whose = encode("ten", verdict.tenant_id)
    if verdict.fault is None:
        return f"{whose}: {verdict.entries} entries, all sound"
    return f"{whose}: entry {verdict.broken_at} is broken: {service.MEANING[verdict.fault]}"
