"""What certificates are worked on with, and how an authority is asked."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

import msgspec

from control_plane.certificates import ca, directories, keys
from control_plane.certificates.ca import Authority, CaProblem
from control_plane.certificates.prober import OutsideProber, Prober
from control_plane.certificates.queries import accounts
from control_plane.core import http
from control_plane.core.runtime import Runtime
from control_plane.mail_domains.resolver import DnsResolver, Resolver

P = ParamSpec("P")
Result = TypeVar("Result")

_ACCOUNT_PURPOSE = "acme_accounts.private_key"
_PATIENCE_SECONDS = 60
_AT_ONCE = asyncio.Semaphore(4)
"""Each takes a thread, and others need them too."""


class Means(msgspec.Struct, frozen=True):
    """The open parts, DNS, our own eyes, and dice."""

    runtime: Runtime
    resolver: Resolver
    prober: Prober
    chance: Callable[[], float] = random.random
    """0…1: spreads what would fall together."""


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncGenerator[Means]:
    """Give what this process works with: real DNS and a real look."""
    resolver = DnsResolver(runtime.settings.nameservers)
    async with http.walled_client(runtime.settings.egress_allow, in_clear=True) as client:
        yield Means(runtime, resolver, OutsideProber(client, resolver))


async def ask(act: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Ask an authority, in a thread and not for ever; raises `CaProblem`."""
    try:
        async with _AT_ONCE, asyncio.timeout(_PATIENCE_SECONDS):
            return await asyncio.to_thread(act, *args, **kwargs)
    except TimeoutError as error:
        raise CaProblem(ca.UNREACHABLE, "it took too long") from error


async def open_authority(means: Means, directory: str) -> Authority:
    """Open an authority in the name of our account, which is registered if it is not; raises `CaProblem`."""
    runtime, acme = means.runtime, means.runtime.settings.acme
    fresh = runtime.vault.encrypt(keys.new_key(), purpose=_ACCOUNT_PURPOSE)
    async with runtime.db.fleet_tx() as tx:
        account = await accounts.ensure(tx.connection, directory, fresh)
    private = runtime.vault.decrypt(account.private_key, purpose=_ACCOUNT_PURPOSE)
    authority = Authority(directory, private, account_url=account.url, ca_file=acme.ca_file)
    if account.url is None:
        url = await ask(authority.register, acme.contact, directories.external_account(acme, directory))
        async with runtime.db.fleet_tx() as tx:
            await accounts.save_url(tx.connection, directory, url)
    return authority


async def forget_account(means: Means, directory: str) -> None:
    """Forget where our account is: the authority has forgotten it too."""
    async with means.runtime.db.fleet_tx() as tx:
        await accounts.save_url(tx.connection, directory, None)


async def note_authority(means: Means, directory: str, problem: str | None) -> None:
    """Note how an authority does."""
    async with means.runtime.db.fleet_tx() as tx:
        await accounts.note(tx.connection, directory, problem, means.runtime.clock.now())
