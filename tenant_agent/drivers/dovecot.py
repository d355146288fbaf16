"""Dovecot: checked with `doveconf`, reloaded and told to forget users with `doveadm`."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.drivers import NotServing, Rejected
from tenant_agent.drivers.auth_master import AuthMaster, NoAnswer, auth_master
from tenant_agent.drivers.certificates import own_certificate
from tenant_agent.drivers.commands import run
from tenant_agent.drivers.probes import expect_greeting
from tenant_agent.project import LOGIN_REVISION, revision_of
from tenant_agent.projections.passwd_shards import shard_of
from tenant_agent.render import Place, Tree
from tenant_agent.render.revisions import Renderers
from tenant_agent.settings import Settings

log = structlog.get_logger(__name__)

_MOST_NAMES = 100
"""More users than that are forgotten, and logged out, by doing so with everybody: each costs a process."""
_LOOK_EVERY_SECONDS = 0.05
_SEEN_WITHIN_SECONDS = 3.0


class Dovecot:
    """The node's one Dovecot instance; there is none on a node without mailboxes."""

    name = "dovecot"

    def __init__(self, settings: Settings, renderers: Renderers | None = None) -> None:
        self._settings = settings
        self._renderers = renderers or Renderers()
        self.directory = settings.layout.dovecot_config

    def render(self, design: Design) -> Tree | None:
        place = Place(layout=self._settings.layout, **own_certificate(self._settings))
        return self._renderers.render(self.name, design, place)

    async def check(self, staged: Path) -> None:
        status, output = await run("doveconf", "-n", "-c", str(staged / "dovecot.conf"))
        if status:
            raise Rejected(output)

    async def reload(self) -> None:
        if not self.is_running():
            return
        status, output = await self._doveadm("reload")
        if status:
            raise NotServing(output)

    async def probe(self, node: wire.NodeItem) -> None:
        host, ports = node.service_address, self._settings.layout.ports
        await asyncio.gather(
            expect_greeting(host, ports.imap, b"* OK"),
            expect_greeting(host, ports.imaps, b"* OK", tls=True),
            expect_greeting(host, ports.pop3s, b"+OK", tls=True),
            expect_greeting(host, ports.sieve, b'"IMPLEMENTATION"'),
        )

    async def follow(self, logins: Mapping[str, str | None], stale: Iterable[str]) -> None:
        """Wait until changed users are in force, then end the sessions of those that were others before.

        `logins` has each changed user's row, or none for one that is gone. The auth process looks at most once a
        second whether a file has changed. Until it has seen the new rows it could remember an old password for as long
        as its cache lives, so it is made to forget after that.
        """
        names = sorted(stale)
        some = names if len(names) <= _MOST_NAMES else []
        if not logins or not self.is_running():
            return
        try:
            async with auth_master(self._settings.layout.dovecot_run / "auth-master") as auth:
                for name in _one_of_each_file(logins):
                    await _until_seen(auth, name, logins[name])
                if names:
                    await auth.forget(some)
        except NoAnswer as error:
            log.warning("dovecot.not_followed", reason=str(error))
        if names:
            await asyncio.gather(*(self._doveadm("kick", name) for name in some or ["*"]))

    def is_running(self) -> bool:
        pid_file = self._settings.layout.dovecot_run / "master.pid"
        try:
            return Path("/proc", pid_file.read_text().strip(), "stat").exists()
        except FileNotFoundError:
            return False

    async def _doveadm(self, *arguments: str) -> tuple[int, str]:
        """Run it without the configuration, which takes seconds to read when it has thousands of certificates."""
        return await run("doveadm", "-O", "-o", f"base_dir={self._settings.layout.dovecot_run}", *arguments)


def _one_of_each_file(names: Iterable[str]) -> list[str]:
    """Choose one changed user of each passwd-file: files are read as a whole."""
    return list({shard_of(name): name for name in names}.values())


async def _until_seen(auth: AuthMaster, name: str, row: str | None) -> None:
    wanted = None if row is None else revision_of(row)
    try:
        async with asyncio.timeout(_SEEN_WITHIN_SECONDS):
            while await _revision_in_force(auth, name) != wanted:  # noqa: ASYNC110 (nothing tells when it looks)
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
    except TimeoutError as error:
        raise NoAnswer(f"{name} is not as it was written") from error


async def _revision_in_force(auth: AuthMaster, name: str) -> str | None:
    await auth.forget([name])  # what it knows by its cache says nothing about the file
    fields = await auth.user(name)
    return None if fields is None else fields.get(LOGIN_REVISION, "")
