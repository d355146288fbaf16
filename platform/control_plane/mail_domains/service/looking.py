"""What a domain is checked with, and the look at its DNS: outside any transaction, and bounded in time."""

import asyncio
from collections.abc import Collection, Iterable
from functools import lru_cache

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId, bare
from control_plane.core.runtime import Runtime
from control_plane.domain_sites.policy import DEFAULT_MAX_AGE_SECONDS, Policy, policy_id
from control_plane.ip_pools import service as ip_pools
from control_plane.mail_domains import checkup
from control_plane.mail_domains.checkup import Needs, Observer, Platform, PublicKey, SendingAddress
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.queries.due import DueDomain
from control_plane.mail_domains.schemas import DnsRecord
from control_plane.settings import Settings

_PATIENCE_SECONDS = 20
"""An observer keeps to a shorter time by itself; this is for one that does not."""
_MOST_ADDRESSES = 4
"""Of a pool with many, so many stand for all."""


class Checker(msgspec.Struct, frozen=True):
    """What a check works with."""

    db: Database
    vault: Vault
    settings: Settings
    clock: Clock
    observer: Observer


def checker(runtime: Runtime) -> Checker:
    """Give what this process checks with: real DNS."""
    return Checker(runtime.db, runtime.vault, runtime.settings, runtime.clock, _observer(runtime.settings))


@lru_cache(maxsize=8)
def _observer(settings: Settings) -> Observer:
    """Keep the one observer of a process: what many domains refer to is asked once."""
    return checkup.observer_of(settings)


async def platforms(tx: Transaction, settings: Settings, tenant_ids: Collection[TenantId]) -> dict[TenantId, Platform]:
    """Give for each tenant what its domains' records point to, with where its mail leaves from (fleet role)."""
    sending = await ip_pools.sending_addresses(tx, tenant_ids, _MOST_ADDRESSES)
    return {
        tenant_id: checkup.platform_of(settings, tuple(SendingAddress(*each) for each in addresses))
        for tenant_id, addresses in sending.items()
    }


def needs_of(row: DomainRow, keys: Iterable[PublicKey], platform: Platform, *, receives: bool = False) -> Needs:
    """Gather what a domain's records follow from."""
    return Needs(
        name=row.name,
        id=bare(row.id),
        token=row.ownership_token,
        platform=platform,
        keys=tuple(keys),
        dkim_mode=row.dkim_mode,
        report_token=row.report_token,
        is_ours=row.is_ours,
        receives=receives,
        mta_sts_id=_policy_id(row, platform),
    )


def _policy_id(row: DomainRow, platform: Platform) -> str:
    """Name the MTA-STS policy that we serve for the domain now."""
    mode, seconds = row.mta_sts or ("testing", DEFAULT_MAX_AGE_SECONDS)
    return policy_id(Policy(mode=mode, mx=(platform.mail_host,), max_age_seconds=seconds))


async def look(means: Checker, domain: DueDomain, platform: Platform) -> list[DnsRecord]:
    """Look a domain's records up and judge them."""
    keys = [PublicKey(*key) for key in domain.keys]
    needs = needs_of(domain.row, keys, platform, receives=domain.receives)
    records = checkup.required(needs)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return checkup.judge(records, await checkup.observe(means.observer, needs, records))
