"""Work that takes the processor for long, such as hashing a password: in threads, of which each tenant has a share."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.turns import Turns

P = ParamSpec("P")
Result = TypeVar("Result")

_AT_ONCE = 2
"""The process has a handful of threads; people who sign in need one of them too."""

_turns: Turns[TenantId] = Turns(_AT_ONCE)


async def in_thread(work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Run in a thread once it is the bound tenant's turn."""
    async with _turns.take(bound_tenant()):
        return await asyncio.to_thread(work, *args, **kwargs)
