"""Authorities that ask for external accounts: the right key opens them; whoever lacks it learns so in a sentence."""

from collections.abc import Generator

import msgspec
import pytest

from control_plane.certificates import service
from control_plane.certificates.service import Means
from tests.conftest import Tenant
from tests.control_plane.certificates.conftest import Served
from tests.control_plane.certificates.doing import make_due, work
from tests.control_plane.certificates.pebble import Pebble

KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
OTHER_KEY = KEY[::-1]


@pytest.fixture
def choosy(pebble: Pebble) -> Generator[Pebble]:
    """An authority that knows one external account, and none of ours any more."""
    pebble.restart(eab={"kid-1": KEY})
    yield pebble
    pebble.restart()


def with_account(means: Means, pebble: Pebble, *account: str) -> Means:
    """Enter an external account in the settings."""
    acme = msgspec.structs.replace(
        means.runtime.settings.acme, eab=tuple(f"{pebble.directory}={each}" for each in account)
    )
    settings = msgspec.structs.replace(means.runtime.settings, acme=acme)
    return msgspec.structs.replace(means, runtime=msgspec.structs.replace(means.runtime, settings=settings))


async def test_the_right_key_opens_an_account(
    means: Means, choosy: Pebble, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")
    row = (await work(with_account(means, choosy, f"kid-1:{KEY}"), tenant))[f"mail.{domain}"]
    assert (row.status, row.problem) == ("issued", None)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ((), "wants an external account"),
        ((f"kid-1:{OTHER_KEY}",), "does not accept the external account"),
        ((f"kid-2:{KEY}",), "does not accept the external account"),
        (("kid-1:A",), "does not accept the external account"),
        (("kid-1",), "does not accept the external account"),
    ],
)
async def test_without_it_the_operator_is_told_until_it_is_entered(
    means: Means, choosy: Pebble, tenant: Tenant, domain: str, serve: Served, account: tuple[str, ...], said: str
) -> None:
    await serve(tenant, domain, "mail")
    lacking = with_account(means, choosy, *account)
    row = (await work(lacking, tenant))[f"mail.{domain}"]
    assert (row.status, row.attempts, row.proof_failed_at) == ("pending", 1, None)
    assert said in str(row.problem)
    assert KEY not in str(row.problem)
    assert row.next_attempt_at is not None
    assert row.next_attempt_at > means.runtime.clock.now()
    (state,) = await service.authorities(means.runtime.db, lacking.runtime.settings)
    assert (state.is_registered, state.problem) == (False, row.problem)
    await make_due(means.runtime.db, tenant)
    able = with_account(means, choosy, f"kid-1:{KEY}")
    assert (await work(able, tenant))[f"mail.{domain}"].status == "issued"
    (state,) = await service.authorities(means.runtime.db, able.runtime.settings)
    assert (state.is_registered, state.problem) == (True, None)
