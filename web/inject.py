"""What the portal's pages may ask for by parameter name, beside the application's own open parts."""

from typing import TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from web import cookies, surroundings
from web import frame as frame_module
from web import visitor as visitor_module

Frame: TypeAlias = NamedDependency[frame_module.Frame]
Visitor: TypeAlias = NamedDependency[visitor_module.Visitor]
"""Who is signed in; without one, the request is led to the sign-in page."""


def providers() -> dict[str, Provide]:
    """Name the portal's own parts."""
    return {
        "frame": Provide(_frame),
        "visitor": Provide(_visitor, sync_to_thread=False),
    }


async def _frame(request: Request[object, object, State], visitor: Visitor) -> frame_module.Frame:
    return frame_module.Frame(request, visitor, await surroundings.around(cookies.runtime_of(request), visitor))


def _visitor(request: Request[object, object, State]) -> visitor_module.Visitor:
    return visitor_module.visitor_of(request)
