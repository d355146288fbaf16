"""Check all domains that are due: many at once, since they mostly wait, and none held up by slow ones.

Each tenant's first domain has its turn before any tenant's second. What was found just as before, which is nearly all,
is written down for many domains at once; the rest goes the way of a single check.
"""

import asyncio
import time
from datetime import timedelta

import structlog

from control_plane.core.errors import Refused, Unavailable
from control_plane.core.ids import encode
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import findings
from control_plane.mail_domains.checkup import Platform
from control_plane.mail_domains.life import proof_of, served, step
from control_plane.mail_domains.pace import Pace
from control_plane.mail_domains.queries import due
from control_plane.mail_domains.queries.due import DueDomain, Unchanged
from control_plane.mail_domains.schemas import DnsRecord
from control_plane.mail_domains.service.checks import write_down
from control_plane.mail_domains.service.conclude import next_check
from control_plane.mail_domains.service.looking import Checker, look, platforms
from control_plane.mail_domains.service.view import PREFIX, findings_decoder

AT_ONCE = 256
_CLAIMED_AT_ONCE = 64
_UNDER_WAY = timedelta(minutes=5)
_WRITTEN_AT_ONCE = 100
_IDLE_SECONDS = 1.0

_log = structlog.get_logger()


class Round:
    """Checks until nothing is due, or until it has taken long enough."""

    def __init__(self, means: Checker, *, at_once: int = AT_ONCE) -> None:
        self.checked = 0
        self._means = means
        self._pace = Pace(at_once)
        self._unchanged: list[Unchanged] = []

    async def run(self, *, seconds: float) -> None:
        """Check what is due and what becomes due meanwhile."""
        tasks: set[asyncio.Task[None]] = set()
        try:
            async with self._pace.kept():
                await self._check_while(tasks, time.monotonic() + seconds)
        finally:
            for task in tasks:
                task.cancel()
            await self._write()

    async def _check_while(self, tasks: set[asyncio.Task[None]], end: float) -> None:
        while time.monotonic() < end:
            claimed = await self._claim()
            for domain, platform in claimed:
                await self._pace.take_turn()
                task = asyncio.create_task(self._check(domain, platform))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            if not claimed and not tasks:
                return
            if not claimed:
                await asyncio.wait(tasks, timeout=_IDLE_SECONDS)
        if tasks:
            await asyncio.wait(tasks)

    async def _claim(self) -> list[tuple[DueDomain, Platform]]:
        now = self._means.clock.now()
        async with self._means.db.fleet_tx() as tx:
            claimed = await due.claim(tx.connection, now, now + _UNDER_WAY, _CLAIMED_AT_ONCE)
            loaded = await due.load(tx.connection, claimed) if claimed else []
            known = await platforms(tx, self._means.settings, {each.tenant_id for each in loaded}) if loaded else {}
        return [(each, known[each.tenant_id]) for each in loaded]

    async def _check(self, domain: DueDomain, platform: Platform) -> None:
        """Check a domain; whatever is wrong with it is no other domain's concern."""
        about = {"domain_id": encode(PREFIX, domain.row.id)}
        try:
            with acting_for(domain.tenant_id):
                judged = await look(self._means, domain, platform)
                await self._settle(domain, judged)
        except (Refused, Unavailable):
            return  # it is another's, or deleted meanwhile, or the database is away: the next check will see
        except TimeoutError:
            _log.warning("a domain took too long to check", action="mail_domains.check_timed_out", **about)
        except Exception:  # noqa: BLE001 whatever it is, the others are checked
            _log.exception("a domain could not be checked", action="mail_domains.check_failed", **about)
        finally:
            self.checked += 1
            self._pace.end_turn()

    async def _settle(self, domain: DueDomain, judged: list[DnsRecord]) -> None:
        unchanged = self._as_before(domain, judged)
        if unchanged is None:
            await write_down(self._means, domain, judged)
            return
        self._unchanged.append(unchanged)
        if len(self._unchanged) >= _WRITTEN_AT_ONCE:
            await self._write()

    def _as_before(self, domain: DueDomain, judged: list[DnsRecord]) -> Unchanged | None:
        """Say that a check found nothing new and leads to nothing; None if it does."""
        row, now = domain.row, self._means.clock.now()
        taken = step(row.life, judged, proof_of(judged, is_ours=row.is_ours), now)
        is_same = (
            taken.news is None
            and not taken.is_newly_proven
            and taken.life.is_as(row.life)
            and not findings.changes(findings_decoder.decode(row.findings), judged)
            and served(row.served, judged) == list(row.served)
        )
        if not is_same:
            return None
        return Unchanged(
            id=row.id,
            checked_at=row.checked_at,
            next_check_at=next_check(self._means, taken.life, judged),
            checks_failed=taken.life.checks_failed,
        )

    async def _write(self) -> None:
        unchanged, self._unchanged = self._unchanged, []
        if unchanged:
            async with self._means.db.fleet_tx() as tx:
                await due.settle(tx.connection, self._means.clock.now(), unchanged)
