"""Tries to log in at a relay when its owner asks for it, as Postfix would: the same walls, the same checks."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address

import aiosmtplib
import structlog

from tenant_agent import wire
from tenant_agent.relays.walls import Walls

log = structlog.get_logger(__name__)

_SECONDS = 20.0
_AT_ONCE = 8
_LONGEST_PROBLEM = 300

Look = Callable[[str, int], Awaitable[list[str]]]
"""From a host and a port to its addresses."""


class Trials:
    """Remembers what was asked for and how it went; asked once, it is tried once."""

    def __init__(self, walls: Walls, look: Look | None = None) -> None:
        self._walls = walls
        self._look = look or _look_up
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._asked: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.results: dict[str, tuple[str, str]] = {}
        """By relay, what it was asked for by and what is wrong; for the heartbeat."""

    def follow(self, relays: Iterable[wire.RelayItem]) -> None:
        """Try those that are asked for anew, in the background."""
        known = {relay.relay_id: relay for relay in relays if relay.probe}
        fresh = [relay for relay_id, relay in known.items() if self._asked.get(relay_id) != relay.probe]
        self._asked = {relay_id: relay.probe for relay_id, relay in known.items()}
        self.results = {relay_id: result for relay_id, result in self.results.items() if relay_id in known}
        for relay in fresh:
            task = asyncio.get_running_loop().create_task(self._try(relay))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait for what is being tried."""
        await asyncio.gather(*self._tasks)

    async def _try(self, relay: wire.RelayItem) -> None:
        async with self._turns:
            problem = await self.problem_of(relay)
        log.info("relay.tried", relay_id=relay.relay_id, problem=problem)
        self.results[relay.relay_id] = (relay.probe, problem)

    async def problem_of(self, relay: wire.RelayItem) -> str:
        """Say what keeps the node from logging in, in one clause; empty: nothing does."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self._log_in(relay, await self._checked_address(relay))
        except aiosmtplib.SMTPAuthenticationError as error:
            return f"The login was refused: {error.code} {error.message}"[:_LONGEST_PROBLEM]
        except TimeoutError:
            return f"{relay.host} does not answer on port {relay.port}."
        except ssl.SSLCertVerificationError as error:
            return f"The certificate of {relay.host} is not good: {error.verify_message}."[:_LONGEST_PROBLEM]
        except (OSError, aiosmtplib.SMTPException, _Inside) as error:
            cause = error.__cause__ or error
            return f"{relay.host} cannot be used: {str(cause) or type(cause).__name__}"[:_LONGEST_PROBLEM]
        return ""

    async def _checked_address(self, relay: wire.RelayItem) -> str:
        addresses = await self._look(relay.host, relay.port)
        for address in addresses:
            if not self._walls.may_reach(ip_address(address)):
                raise _Inside("it is not on the public internet")
        return addresses[0]

    async def _log_in(self, relay: wire.RelayItem, address: str) -> None:
        """Speak to that address, under the name that its certificate must bear."""
        context = ssl.create_default_context(cafile=str(self._walls.authorities) if self._walls.authorities else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        server = aiosmtplib.SMTP(
            hostname=relay.host,
            sock=await _connected(address, relay.port),
            use_tls=relay.tls == "implicit",
            start_tls=relay.tls == "starttls",
            tls_context=context,
            timeout=_SECONDS,
        )
        async with server:
            await server.login(relay.username, relay.password)


class _Inside(Exception):
    """The host leads to where relays must not be."""


async def _connected(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.settimeout(0)
    try:
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except BaseException:
        opened.close()
        raise
    return opened


async def _look_up(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]
