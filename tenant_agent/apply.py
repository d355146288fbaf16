"""Puts configuration into force: checked, swapped in, reloaded, probed, and taken back if the daemon does not serve.

What was last known to be good is kept in the agent's state. It becomes that only after the probe, so an agent killed
half-way does the same again on its next start.
"""

import asyncio
import shutil
import stat
from collections.abc import Sequence

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.drivers import Driver, NotServing, Rejected
from tenant_agent.drivers.probes import until_serving
from tenant_agent.files import replace_text
from tenant_agent.layout import Layout
from tenant_agent.render import File, Tree
from tenant_agent.state import State

log = structlog.get_logger(__name__)

RELOAD_SECONDS = 15.0
"""How long a daemon may take to serve after a reload before its former configuration comes back."""
START_SECONDS = 60.0
"""How long a daemon may take to serve for the first time."""


class Problem(msgspec.Struct, frozen=True):
    """A service that did not take its configuration."""

    service: str
    reason: str


class Configurator:
    """Applies what a node is to its daemons."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        drivers: Sequence[Driver],
        *,
        reload_seconds: float = RELOAD_SECONDS,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._layout = layout
        self._state = state
        self._drivers = drivers
        self._reload_seconds = reload_seconds
        self._start_seconds = start_seconds

    async def apply(self, node: wire.NodeItem) -> tuple[Problem, ...]:
        """Bring every service of the node to its configuration; what fails is reported and the others go on."""
        installed: list[tuple[Driver, Tree]] = []
        problems: list[Problem] = []
        for driver in self._drivers:
            try:
                tree = await self._install(driver, node)
            except (Rejected, NotServing, OSError) as error:
                problems.append(self._problem(driver, error))
            else:
                installed += [(driver, tree)] if tree is not None else []
        confirmed = await asyncio.gather(*(self._confirm(driver, tree, node) for driver, tree in installed))
        return (*problems, *(problem for problem in confirmed if problem is not None))

    async def put_right(self) -> list[tuple[str, str]]:
        """Bring back files that somebody has changed since they served; gives service and path of each.

        Raises `OSError` or `NotServing`.
        """
        found: list[tuple[str, str]] = []
        for driver in self._drivers:
            good = self._good(driver) if (self._layout.ready / driver.name).exists() else None
            changed = (
                {} if good is None else {path: file for path, file in good.items() if not _is_as(driver, path, file)}
            )
            if changed:
                found += [(driver.name, str(driver.directory / path)) for path in changed]
                _swap(driver, changed)
                await driver.reload()
        return found

    async def _install(self, driver: Driver, node: wire.NodeItem) -> Tree | None:
        """Swap the service's files; gives what is to be confirmed, or none if nothing is to be done."""
        wanted = driver.render(node)
        if wanted is None:
            (self._layout.ready / driver.name).unlink(missing_ok=True)
            return None
        if wanted == self._good(driver) and _is_in_place(driver, wanted):
            self._mark_ready(driver)
            return None
        await self._check(driver, wanted)
        _swap(driver, wanted)
        self._mark_ready(driver)
        await driver.reload()
        return wanted

    async def _check(self, driver: Driver, tree: Tree) -> None:
        staged = self._layout.staging / driver.name
        shutil.rmtree(staged, ignore_errors=True)
        for path, file in tree.items():
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            replace_text(staged / path, file.text, mode=0o600, modified_at=0)  # Postfix waits beside a new main.cf
        await driver.check(staged)

    async def _confirm(self, driver: Driver, tree: Tree, node: wire.NodeItem) -> Problem | None:
        """Probe; keep the configuration as good, or bring back the former one."""
        good = self._good(driver)
        patience = self._start_seconds if good is None else self._reload_seconds
        try:
            await until_serving(lambda: driver.probe(node), within_seconds=patience)
        except (NotServing, OSError) as error:
            if good is not None:
                await self._roll_back(driver, good)
            return self._problem(driver, error)
        self._state.note(_fact(driver), msgspec.json.encode(tree).decode())
        log.info("configuration.applied", service=driver.name)
        return None

    async def _roll_back(self, driver: Driver, good: Tree) -> None:
        try:
            _swap(driver, good)
            await driver.reload()
        except (NotServing, OSError) as error:
            log.error("configuration.stuck", service=driver.name, reason=str(error))  # noqa: TRY400 (no trace wanted)

    def _good(self, driver: Driver) -> Tree | None:
        recorded = self._state.fact(_fact(driver))
        return None if recorded is None else msgspec.json.decode(recorded, type=Tree)

    def _mark_ready(self, driver: Driver) -> None:
        self._layout.ready.mkdir(parents=True, exist_ok=True)
        (self._layout.ready / driver.name).touch()

    def _problem(self, driver: Driver, error: Exception) -> Problem:
        log.error("configuration.refused", service=driver.name, reason=str(error))
        return Problem(driver.name, str(error))


def _fact(driver: Driver) -> str:
    return f"configuration/{driver.name}"


def _is_in_place(driver: Driver, tree: Tree) -> bool:
    return all(_is_as(driver, path, file) for path, file in tree.items())


def _is_as(driver: Driver, path: str, file: File) -> bool:
    target = driver.directory / path
    if not target.is_file():
        return False
    return target.read_text(errors="replace") == file.text and stat.S_IMODE(target.stat().st_mode) == file.mode


def _swap(driver: Driver, tree: Tree) -> None:
    for path, file in tree.items():
        target = driver.directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_text(target, file.text, mode=file.mode, group=file.group)
