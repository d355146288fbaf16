"""The operator's commands for tenants."""

import msgspec

from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.tenants import service
from control_plane.tenants.schemas import Client, TreeLine


class Listed(msgspec.Struct, frozen=True):
    """The tree from its roots down."""

    tenants: tuple[TreeLine, ...]


async def list_tenants(runtime: Runtime) -> Listed:
    """List all tenants, each below the one it belongs to."""
    return Listed(tuple(await service.whole_tree(runtime.db)))


async def suspend(runtime: Runtime, slug: str, reason: str) -> Client:
    """Suspend a tenant and all below it; raises `NotFound`, for the root too."""
    root, client = await service.root_of(runtime.db, slug)
    with acting_for(root):
        return await service.suspend_client(runtime.db, runtime.clock, client, reason)


async def resume(runtime: Runtime, slug: str) -> Client:
    """End a tenant's suspension; raises `NotFound`."""
    root, client = await service.root_of(runtime.db, slug)
    with acting_for(root):
        return await service.resume_client(runtime.db, runtime.clock, client)
