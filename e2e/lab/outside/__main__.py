"""Run the outside world: `python -m e2e.lab.outside DIRECTORY`, inside its namespace."""

import asyncio
import signal
import ssl
import sys
from pathlib import Path

from e2e.lab.authority import Authority
from e2e.lab.outside import http, provider, receiver
from e2e.lab.outside.api import Api
from e2e.lab.outside.mail import Mailroom
from e2e.lab.outside.provider import Provider
from e2e.lab.outside.webhooks import Webhooks
from e2e.lab.plan import (
    OLD_ADDRESS,
    OLD_DOMAIN,
    OLD_MX,
    OUTSIDE_ADDRESS,
    OUTSIDE_CONTROL_PORT,
    OUTSIDE_DOMAIN,
    OUTSIDE_HOOKS,
    OUTSIDE_MX,
    OUTSIDE_RELAY,
    OUTSIDE_RELAY_PORT,
)


def _tls(authority: Authority, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue(name))
    return context


async def _run(directory: Path) -> None:
    authority = Authority(directory.parent / "ca")
    mailroom, webhooks = Mailroom(directory / "messages"), Webhooks()
    relay = Provider(OUTSIDE_RELAY)
    api = Api(mailroom, webhooks, relay, OUTSIDE_MX)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await receiver.serve(
        mailroom, domain=OUTSIDE_DOMAIN, hostname=OUTSIDE_MX, address=OUTSIDE_ADDRESS, tls=_tls(authority, OUTSIDE_MX)
    )
    await receiver.serve(
        mailroom, domain=OLD_DOMAIN, hostname=OLD_MX, address=OLD_ADDRESS, tls=_tls(authority, OLD_MX), utf8=False
    )
    await provider.serve(relay, OUTSIDE_ADDRESS, OUTSIDE_RELAY_PORT, _tls(authority, OUTSIDE_RELAY))
    await http.serve(webhooks.answer, OUTSIDE_ADDRESS, 443, _tls(authority, OUTSIDE_HOOKS))
    await http.serve(api.answer, OUTSIDE_ADDRESS, OUTSIDE_CONTROL_PORT)
    await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
