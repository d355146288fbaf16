"""Dovecot: checked with `doveconf`, reloaded and told to forget users with `doveadm`."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from tenant_agent import wire
from tenant_agent.drivers import NotServing, Rejected
from tenant_agent.drivers.commands import run
from tenant_agent.drivers.probes import expect_greeting
from tenant_agent.render import Tree, dovecot
from tenant_agent.settings import Settings


class Dovecot:
    """The node's one Dovecot instance; there is none on a node without mailboxes."""

    name = "dovecot"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.directory = settings.layout.dovecot_config

    def render(self, node: wire.NodeItem) -> Tree | None:
        settings = self._settings
        if "mailbox" not in node.roles:
            return None
        return dovecot.render(
            node, settings.layout, certificate=str(settings.tls_certificate), key=str(settings.tls_key)
        )

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

    async def forget(self, users: Iterable[str]) -> None:
        """Drop what is remembered of these users' logins, and end their sessions."""
        names = sorted(users)
        if names and self.is_running():
            await self._doveadm("auth", "cache", "flush", *names)
            await asyncio.gather(*(self._doveadm("kick", name) for name in names))

    def is_running(self) -> bool:
        pid_file = self._settings.layout.dovecot_run / "master.pid"
        try:
            return Path("/proc", pid_file.read_text().strip(), "stat").exists()
        except FileNotFoundError:
            return False

    async def _doveadm(self, *arguments: str) -> tuple[int, str]:
        return await run("doveadm", "-c", str(self.directory / "dovecot.conf"), *arguments)
