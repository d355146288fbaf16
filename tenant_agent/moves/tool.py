"""Dovecot's own tool, run for one mailbox: as its owner, without the auth process, and with bounds.

It is given a configuration of its own, for the node's names keys that only root can read. The mailbox need not be one
that Dovecot knows here; its home may be shut, for the tool is let in by the group `SHUT_GID`.
"""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Self

from tenant_agent.files import replace_text
from tenant_agent.layout import Layout
from tenant_agent.moves.duties import Account
from tenant_agent.projections.homes import SHUT_GID
from tenant_agent.render.dovecot import mail_settings

INCOMPLETE = 2
"""dsync's exit status if some changes could not be made just now."""
_LOWEST_ID = 100_000  # as in identifiers.system_uid
_MOST_MEMORY_BYTES = 2 * 1024**3
_LONGEST_COMPLAINT = 2_000
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LINE_BYTES = 1 << 20
_GRACE_SECONDS = 2.0


class ToolFailed(Exception):
    """The tool ended with an error; the message is its own."""


class Running:
    """A tool that runs; as a context manager it is over at the end of the block, in one way or another."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        self.process = process
        self._complaint = asyncio.create_task(_first_of(process.stderr))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.end()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await self.process.wait()
        finally:
            self._signal(signal.SIGKILL)
            self._complaint.cancel()
            await self.process.wait()

    async def status(self) -> int:
        """Wait for its end."""
        return await self.process.wait()

    async def complaint(self) -> str:
        """Give the errors that it wrote to its standard error, once it has ended."""
        self.end()
        lines = (await self._complaint).splitlines()
        return "; ".join(line.rpartition("Error: ")[2] for line in lines if "Warning: " not in line)

    def end(self) -> None:
        """End it, and what it started, in a way that takes its locks away: others would wait for minutes at one."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Tool:
    """`doveadm`, for the mailboxes of this node."""

    def __init__(self, layout: Layout) -> None:
        self._config = layout.moves_config

    async def start(
        self,
        account: Account,
        *arguments: str,
        stdin: int = asyncio.subprocess.DEVNULL,
        pass_fds: Sequence[int] = (),
    ) -> Running:
        """Start it with these arguments."""
        self.write_config()
        process = await asyncio.create_subprocess_exec(
            *_as_owner(account.uid),
            "doveadm",
            "-c",
            str(self._config),
            "-o",
            "mail_plugins=",  # quota among them, which is not for copies
            *arguments,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=pass_fds,
            start_new_session=True,
            limit=_LINE_BYTES,
            cwd="/",
            env={"HOME": str(account.home), "USER": account.address, "PATH": _PATH},
        )
        return Running(process)

    async def lines(self, account: Account, *arguments: str) -> AsyncGenerator[bytes]:
        """Give what it writes, line by line; raises `ToolFailed`."""
        async with await self.start(account, *arguments) as running:
            assert running.process.stdout is not None
            async for line in running.process.stdout:
                yield line
            if await running.status():
                raise ToolFailed(await running.complaint() or f"doveadm {arguments[0]} failed")

    def write_config(self) -> None:
        """Have the configuration in place."""
        text = f"""\
# Written by the Fleetpost agent, for moves; changes made here are lost.
protocols =
log_path = /dev/stderr
ssl = no
first_valid_uid = {_LOWEST_ID}
first_valid_gid = {_LOWEST_ID}
{mail_settings()}"""
        if not self._config.exists() or self._config.read_text() != text:
            replace_text(self._config, text)


def _as_owner(uid: int) -> list[str]:
    """Give what the command begins with: it must reach no mail but this tenant's, and take no more than its share."""
    bounds = ["prlimit", f"--as={_MOST_MEMORY_BYTES}", "--core=0", "--", "nice", "-n", "5"]
    if os.geteuid():
        return bounds
    ids = [f"--reuid={uid}", f"--regid={uid}", f"--groups={SHUT_GID}"]
    return ["setpriv", *ids, "--inh-caps=-all", "--no-new-privs", "--", *bounds]


async def _first_of(stream: asyncio.StreamReader) -> str:
    """Read to the end, and keep the beginning."""
    kept = b""
    while piece := await stream.read(4096):
        kept = (kept + piece)[:_LONGEST_COMPLAINT]
    return kept.decode(errors="replace").strip()
