"""The revisions of the renderer that this agent has: which of them makes the files is rolled out like a parameter.

Revision 1 is the agent's own. Further ones are entry points of the group `fleetpost.renderers`, named by their number,
of whatever package is installed beside the agent, or of the agent's own: so a new one is on every node before it is in
force on any.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec
import structlog

from tenant_agent.design import Design
from tenant_agent.render import Place, Tree, first
from tenant_agent.render.parameters import with_parameters

log = structlog.get_logger(__name__)

Renderer: TypeAlias = Callable[[str, Design, Place], Tree | None]
"""From a service's name to its files, or none if it has no place on the node."""

GROUP: Final = "fleetpost.renderers"
_OWN: Final[Mapping[int, Renderer]] = MappingProxyType({1: first.render})


class RendererFailed(Exception):
    """A renderer has a bug."""


class Renderers:
    """All revisions that there are."""

    def __init__(self, added: Mapping[int, Renderer] = MappingProxyType({})) -> None:
        self._by_revision = {**added, **_OWN}

    @property
    def revisions(self) -> tuple[int, ...]:
        """Their numbers, in order."""
        return tuple(sorted(self._by_revision))

    def render(self, service: str, design: Design, place: Place) -> Tree | None:
        """Give a service's files by the design's revision, 0 being the agent's own newest; raises `RendererFailed`."""
        revision = design.daemons.renderer or max(_OWN)
        try:
            tree = self._by_revision[revision](service, design, place)
            checked = msgspec.convert(tree, Tree | None)
        except Exception as error:
            reason = f"revision {revision} of the renderer failed: {type(error).__name__}: {error}"
            raise RendererFailed(reason) from error
        return None if checked is None else with_parameters(service, checked, design.daemons)


def installed() -> Renderers:
    """Load what is installed; an entry point that cannot be used is passed over."""
    return Renderers(dict(_usable(entry_points(group=GROUP))))


def _usable(points: Iterable[EntryPoint]) -> Iterable[tuple[int, Renderer]]:
    for point in points:
        try:
            revision = int(point.name)
            if revision > 0 and revision not in _OWN:
                yield revision, point.load()
        except Exception as error:  # noqa: BLE001 (whatever a package does, the node goes on with what works)
            log.error("renderer.unusable", name=point.name, reason=repr(error))  # noqa: TRY400 (no trace wanted)
