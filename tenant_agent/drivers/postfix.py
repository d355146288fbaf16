"""Postfix: checked with `postconf` and `postfix check`, reloaded with `postfix reload`."""

import asyncio
from pathlib import Path

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.drivers import NotServing, Rejected
from tenant_agent.drivers.certificates import own_certificate
from tenant_agent.drivers.commands import run
from tenant_agent.drivers.probes import expect_greeting
from tenant_agent.render import Place, Tree, postfix
from tenant_agent.render.revisions import Renderers
from tenant_agent.settings import Settings

_BANNER = b"220 "


class Postfix:
    """The node's one Postfix instance."""

    name = "postfix"

    def __init__(self, settings: Settings, renderers: Renderers | None = None) -> None:
        self._settings = settings
        self._renderers = renderers or Renderers()
        self.directory = settings.layout.postfix_config

    def render(self, design: Design) -> Tree | None:
        settings = self._settings
        place = Place(layout=settings.layout, walls=settings.walls, **own_certificate(settings))
        return self._renderers.render(self.name, design, place)

    async def check(self, staged: Path) -> None:
        """Any warning counts: Postfix only warns of an unknown parameter."""
        for command in (("postconf", "-c", str(staged), "-n"), ("postconf", "-c", str(staged), "-Mf")):
            status, output = await run(*command)
            warnings = [line for line in output.splitlines() if "warning:" in line or "fatal:" in line]
            if status or warnings:
                raise Rejected("; ".join(warnings) or output)
        status, output = await run("postfix", "-c", str(staged), "check")
        if status:
            raise Rejected(output)

    async def reload(self) -> None:
        if not await self._is_running():
            return
        status, output = await run("postfix", "-c", str(self.directory), "reload")
        if status:
            raise NotServing(output)

    async def probe(self, node: wire.NodeItem) -> None:
        host, ports = node.service_address, self._settings.layout.ports
        probes = []
        if postfix.takes_mail(node):
            probes.append(expect_greeting(host, ports.smtp, _BANNER))
        if postfix.takes_submissions(node):
            probes.append(expect_greeting(host, ports.submission, _BANNER))
            probes.append(expect_greeting(host, ports.smtps, _BANNER, tls=True))
        if postfix.sends(node):
            probes.append(expect_greeting("127.0.0.1", ports.inject, _BANNER))
        await asyncio.gather(*probes)

    async def _is_running(self) -> bool:
        status, _ = await run("postfix", "-c", str(self.directory), "status")
        return status == 0
