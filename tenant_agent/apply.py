"""Puts configuration into force: checked, swapped in, reloaded, probed, and taken back if the daemon does not serve.

What was last known to be good is kept in the agent's state. It becomes that only after the probe, so an agent killed
half-way does the same again on its next start. What became of each try is kept there, too, until there is another one.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Collection, Sequence

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock, SystemClock
from tenant_agent.configured import Reports
from tenant_agent.design import Design, changed_release
from tenant_agent.diffs import diff, without_secrets
from tenant_agent.drivers import Driver, NotServing, Rejected
from tenant_agent.drivers.probes import until_serving
from tenant_agent.failures import Failures, Wanted
from tenant_agent.files import replace_text
from tenant_agent.known_good import Good, KnownGood
from tenant_agent.layout import Layout
from tenant_agent.render import Tree
from tenant_agent.render.revisions import RendererFailed
from tenant_agent.state import State
from tenant_agent.trees import differing, swap

log = structlog.get_logger(__name__)

RELOAD_SECONDS = 15.0
"""How long a daemon may take to serve after a reload before its former configuration comes back."""
START_SECONDS = 60.0
"""How long a daemon may take to serve for the first time."""
_LONGEST_REASON = 2_000


class Problem(msgspec.Struct, frozen=True):
    """A service that did not take its configuration."""

    service: str
    reason: str


class _Try(msgspec.Struct, frozen=True):
    """One service's way to another configuration."""

    driver: Driver
    design: Design
    generation: int
    good: Good | None
    wanted: Tree = {}


class Configurator:
    """Applies what a node is to its daemons."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        drivers: Sequence[Driver],
        *,
        clock: Clock | None = None,
        secrets: Collection[str] = (),
        reload_seconds: float = RELOAD_SECONDS,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self.reports = Reports(state)
        self._layout = layout
        self._known = KnownGood(state)
        self._drivers = drivers
        self._failures = Failures(clock or SystemClock())
        self._secrets = secrets
        self._reload_seconds = reload_seconds
        self._start_seconds = start_seconds

    async def apply(self, design: Design, generation: int = 0) -> tuple[Problem, ...]:
        """Bring every service of the node to its configuration; what fails is reported and the others go on."""
        try:
            return await self._apply(design, generation)
        except sqlite3.Error as error:  # as on a full disk: what is good cannot be written down, so it is tried again
            log.error("configuration.not_kept", reason=str(error))  # noqa: TRY400 (no trace wanted)
            return (Problem("agent", f"its state cannot be written: {error}"),)

    async def _apply(self, design: Design, generation: int) -> tuple[Problem, ...]:
        installed: list[_Try] = []
        problems: list[Problem] = []
        for driver in self._drivers:
            begun = _Try(driver, design, generation, self._known.of(driver.name))
            try:
                under_way = await self._install(begun)
            except (Rejected, RendererFailed, OSError) as error:
                problems.append(self._problem(driver, str(error)))
            else:
                installed += [under_way] if isinstance(under_way, _Try) else []
                problems += [under_way] if isinstance(under_way, Problem) else []
        confirmed = await asyncio.gather(*map(self._confirm, installed))
        return (*problems, *(problem for problem in confirmed if problem is not None))

    async def put_right(self) -> list[tuple[str, str]]:
        """Bring back files that somebody has changed since they served; gives service and path of each.

        Raises `OSError` or `NotServing`.
        """
        found: list[tuple[str, str]] = []
        for driver in self._drivers:
            good = self._known.of(driver.name) if (self._layout.ready / driver.name).exists() else None
            changed = {} if good is None else differing(driver.directory, good.tree)
            if changed:
                found += [(driver.name, str(driver.directory / path)) for path in changed]
                swap(driver.directory, changed)
                await driver.reload()
        return found

    async def _install(self, begun: _Try) -> _Try | Problem | None:
        """Swap the service's files; gives what is to be confirmed, why nothing is tried, or none if nothing need be."""
        driver, good = begun.driver, begun.good
        wanted = await self._rendered(begun)
        if wanted is None:
            (self._layout.ready / driver.name).unlink(missing_ok=True)
            return None
        if good is not None and wanted == good.tree and not differing(driver.directory, wanted):
            self._known.keep(driver.name, begun.design, wanted)
            self._mark_ready(driver)
            return None
        reason = self._failures.holding_back(driver.name, Wanted(wanted, begun.design.releases))
        if reason is not None:
            return Problem(driver.name, reason)
        under_way = msgspec.structs.replace(begun, wanted=wanted)
        await self._check(under_way)
        self._swap_in(driver, wanted)
        self._mark_ready(driver)
        return under_way

    async def _rendered(self, begun: _Try) -> Tree | None:
        try:
            return begun.driver.render(begun.design)
        except RendererFailed as error:
            await self._report(begun, str(error))
            raise

    async def _check(self, under_way: _Try) -> None:
        driver = under_way.driver
        staged = self._layout.staging / driver.name
        shutil.rmtree(staged, ignore_errors=True)
        for path, file in under_way.wanted.items():
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            replace_text(staged / path, file.text, mode=0o600, modified_at=0)  # Postfix waits beside a new main.cf
        try:
            await driver.check(staged)
        except Rejected as error:
            await self._failed(under_way, str(error))
            raise

    async def _confirm(self, under_way: _Try) -> Problem | None:
        """Reload and probe; keep the configuration as good, or bring back the former one."""
        driver, good = under_way.driver, under_way.good
        patience = self._start_seconds if good is None else self._reload_seconds
        try:
            await driver.reload()
            await until_serving(lambda: driver.probe(under_way.design.node), within_seconds=patience)
        except (NotServing, OSError) as error:
            if good is not None:
                await self._roll_back(driver, good.tree)
            await self._failed(under_way, str(error))
            return self._problem(driver, str(error))
        self._known.keep(driver.name, under_way.design, under_way.wanted)
        self._failures.forget(driver.name)
        await self._report(under_way, None)
        log.info("configuration.applied", service=driver.name)
        return None

    async def _roll_back(self, driver: Driver, good: Tree) -> None:
        try:
            self._swap_in(driver, good)
            await driver.reload()
        except (NotServing, OSError) as error:
            log.error("configuration.stuck", service=driver.name, reason=str(error))  # noqa: TRY400 (no trace wanted)

    def _swap_in(self, driver: Driver, tree: Tree) -> None:
        swap(driver.directory, tree, instead_of=self._known.about_to_write(driver.name, tree))

    async def _failed(self, under_way: _Try, reason: str) -> None:
        """Tell of it, and leave the service in peace for a while; one that has nothing to go back to has no peace."""
        if under_way.good is not None:
            wanted = Wanted(under_way.wanted, under_way.design.releases)
            self._failures.note(under_way.driver.name, wanted, self._told(reason))
        await self._report(under_way, reason)

    async def _report(self, of: _Try, reason: str | None) -> None:
        before = Good({}, ("", "")) if of.good is None else of.good
        if of.wanted == before.tree and reason is None:
            return  # somebody had changed it, and that is told by itself
        changed = await asyncio.to_thread(diff, before.tree, of.wanted, self._secrets) if of.wanted else ""
        self.reports.keep(
            wire.Configured(
                generation=of.generation,
                release=changed_release(of.design, before.releases),
                service=of.driver.name,
                diff=changed,
                problem=None if reason is None else self._told(reason),
            )
        )

    def _mark_ready(self, driver: Driver) -> None:
        self._layout.ready.mkdir(parents=True, exist_ok=True)
        (self._layout.ready / driver.name).touch()

    def _problem(self, driver: Driver, reason: str) -> Problem:
        log.error("configuration.refused", service=driver.name, reason=self._told(reason))
        return Problem(driver.name, self._told(reason))

    def _told(self, reason: str) -> str:
        return without_secrets(reason, self._secrets)[:_LONGEST_REASON]
