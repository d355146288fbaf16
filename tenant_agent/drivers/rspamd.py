"""Rspamd, as signer and as scanner: checked with `rspamadm configtest`, reloaded by SIGHUP."""

import os
import signal
import socket
import struct
from pathlib import Path

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.drivers import Rejected
from tenant_agent.drivers.commands import run
from tenant_agent.drivers.probes import expect_pong
from tenant_agent.layout import Layout
from tenant_agent.render import Place, Tree
from tenant_agent.render.revisions import Renderers

_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid


class Signer:
    """The small instance that only signs."""

    name = "rspamd-outbound"

    def __init__(self, layout: Layout, redis_password: str, renderers: Renderers | None = None) -> None:
        self._layout = layout
        self._place = Place(layout=layout, redis_password=redis_password)
        self._renderers = renderers or Renderers()
        self.directory = layout.signer_config

    def render(self, design: Design) -> Tree | None:
        return self._renderers.render(self.name, design, self._place)

    async def check(self, staged: Path) -> None:
        await _configtest("-c", str(staged / "rspamd.conf"))

    async def reload(self) -> None:
        _hang_up(self._layout.signer_state / "control.sock")

    async def probe(self, node: wire.NodeItem) -> None:
        del node
        await expect_pong("127.0.0.1", self._layout.ports.signer_controller)


class Scanner:
    """The stock instance, on nodes that take mail in."""

    name = "rspamd"

    def __init__(self, layout: Layout, redis_password: str, renderers: Renderers | None = None) -> None:
        self._layout = layout
        self._place = Place(layout=layout, redis_password=redis_password)
        self._renderers = renderers or Renderers()
        self.directory = layout.scanner_config

    def render(self, design: Design) -> Tree | None:
        return self._renderers.render(self.name, design, self._place)

    async def check(self, staged: Path) -> None:
        await _configtest(f"--var=LOCAL_CONFDIR={staged}", "-c", str(self.directory / "rspamd.conf"))

    async def reload(self) -> None:
        _hang_up(self._layout.scanner_state / "rspamd.sock")

    async def probe(self, node: wire.NodeItem) -> None:
        del node
        await expect_pong("127.0.0.1", self._layout.ports.scanner_controller)


async def _configtest(*arguments: str) -> None:
    variables = [argument for argument in arguments if argument.startswith("--var")]
    rest = [argument for argument in arguments if not argument.startswith("--var")]
    status, output = await run("rspamadm", *variables, "configtest", *rest)
    if status:
        raise Rejected(output)


def _hang_up(control_socket: Path) -> None:
    """Tell the process that listens on the control socket to read its configuration again.

    In the foreground Rspamd writes no pid file, but the kernel knows who listens.
    """
    with socket.socket(socket.AF_UNIX) as control:
        try:
            control.connect(str(control_socket))
        except (FileNotFoundError, ConnectionRefusedError):
            return  # it does not run
        pid, _, _ = _CREDENTIALS.unpack(control.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    os.kill(pid, signal.SIGHUP)
