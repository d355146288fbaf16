"""The files that each service is known to serve with, kept in the agent's state over its lives."""

import msgspec

from tenant_agent.design import STOCK, Design
from tenant_agent.render import Tree
from tenant_agent.state import State


class Good(msgspec.Struct, frozen=True):
    """What a service serves with."""

    tree: Tree
    releases: tuple[str, str] = (STOCK.release, STOCK.release)
    """Of the design that it came with."""


class KnownGood:
    """What is good, and what of other tries may lie around."""

    def __init__(self, state: State) -> None:
        self._state = state

    def of(self, service: str) -> Good | None:
        """Give what a service is known to serve with."""
        recorded, releases = self._state.fact(_tree(service)), self._state.fact(_releases(service))
        if recorded is None:
            return None
        tree = msgspec.json.decode(recorded, type=Tree)
        return Good(tree) if releases is None else Good(tree, msgspec.json.decode(releases, type=tuple[str, str]))

    def keep(self, service: str, design: Design, tree: Tree) -> None:
        """Note that it serves with this."""
        facts = {
            _tree(service): msgspec.json.encode(tree).decode(),
            _releases(service): msgspec.json.encode(design.releases).decode(),
        }
        self._state.note_all({name: value for name, value in facts.items() if self._state.fact(name) != value})

    def about_to_write(self, service: str, tree: Tree) -> frozenset[str]:
        """Note the paths of these files, and give all that were ever written: the agent may be killed in between."""
        noted, good = self._state.fact(_paths(service)), self.of(service)
        known = frozenset[str]() if noted is None else msgspec.json.decode(noted, type=frozenset[str])
        paths = known | tree.keys() | (frozenset[str]() if good is None else good.tree.keys())
        if paths != known:
            self._state.note(_paths(service), msgspec.json.encode(sorted(paths)).decode())
        return paths


def _tree(service: str) -> str:
    return f"configuration/{service}"


def _releases(service: str) -> str:
    return f"configuration-releases/{service}"


def _paths(service: str) -> str:
    return f"configuration-paths/{service}"
