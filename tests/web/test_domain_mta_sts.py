"""The choice of a domain's MTA-STS policy, beside its reports."""

import re

import pytest

from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, Tenant
from tests.web.conftest import MakePerson, Person


@pytest.fixture
async def path(db: Database, tenant: Tenant, make_domain: MakeDomain) -> str:
    """The address of a proven domain's pages."""
    return await path_of(db, tenant, await make_domain(tenant, "acme"))


async def path_of(db: Database, tenant: Tenant, name: str) -> str:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            domain_id = await tx.connection.fetchval("select id from mail_domains where name = $1", name)
    return f"/domains/{encode('dom', domain_id)}"


def chosen(page: str) -> str:
    """Read the mode that the form shows."""
    found = re.search(r'<option value="(\w+)" selected', page)
    return found[1] if found else ""


def announced(page: str) -> set[str]:
    """Read the values of the record that announces the policy."""
    return set(re.findall(r"v=STSv1; id=\w+", page))


async def test_the_mode_is_chosen_and_the_record_names_the_new_policy(ann: Person, path: str) -> None:
    before = await ann.see(f"{path}/reports")
    assert chosen(before) == "testing"
    answer = await ann.submit(f"{path}/mta-sts", page=f"{path}/reports", mode="enforce")
    assert answer.headers["location"] == f"{path}/reports?done=saved#mta-sts"
    after = await ann.see(f"{path}/reports")
    assert chosen(after) == "enforce"
    assert announced(after)
    assert not announced(after) & announced(before)
    assert "Changed a domain’s MTA-STS policy" in await ann.see("/settings/audit-log")


async def test_a_mode_that_is_not_offered_is_refused(ann: Person, path: str) -> None:
    for mode in ("", "strict", "\x00"):
        answer = await ann.submit(f"{path}/mta-sts", page=f"{path}/reports", mode=mode)
        assert 400 <= answer.status_code < 500
    assert chosen(await ann.see(f"{path}/reports")) == "testing"


async def test_who_may_only_look_cannot_choose(make_person: MakePerson, tenant: Tenant, path: str) -> None:
    bob = await make_person(tenant, "support")
    await bob.sign_in()
    page = await bob.see(f"{path}/reports")
    assert 'name="mode"' not in page
    assert "Testing: failures are only reported" in page
    answer = await bob.submit(f"{path}/mta-sts", page=f"{path}/reports", mode="enforce")
    assert answer.status_code == 403


async def test_somebody_elses_policy_is_not_there(
    ann: Person, db: Database, stranger: Tenant, make_domain: MakeDomain
) -> None:
    theirs = await path_of(db, stranger, await make_domain(stranger, "theirs"))
    answer = await ann.submit(f"{theirs}/mta-sts", page="/reports", mode="none")
    assert answer.status_code == 404


async def test_a_domain_without_proof_has_no_choice(ann: Person) -> None:
    added = await ann.submit("/domains", page="/domains", name="example.org")
    path = added.headers["location"].partition("?")[0]
    assert 'name="mode"' not in await ann.see(f"{path}/reports")
