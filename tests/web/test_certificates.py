"""The pages of certificates."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.own_authority import OwnAuthority
from tests.web.conftest import MakePerson, Person

NOW = datetime.now(UTC)


def row_of(name: str, **more: object) -> CertificateRow:
    """Describe a certificate that is served, unless more is said."""
    known: dict[str, object] = {
        "id": ids.new_uuid(),
        "names": (name,),
        "origin": "served",
        "places": ("node",),
        "status": "issued",
        "chain": "x",
        "private_key": b"x",
        "issuer": "Let’s Encrypt",
        "key_type": "ECDSA secp256r1",
        "fingerprint": "ab" * 32,
        "not_before": NOW - timedelta(days=30),
        "not_after": NOW + timedelta(days=60),
        "renew_at": NOW + timedelta(days=30),
        "next_attempt_at": NOW + timedelta(days=30),
        "changed_at": NOW,
        "created_at": NOW,
    }
    return CertificateRow(**known | more)  # type: ignore[arg-type]


async def keep(db: Database, owner: Tenant, *rows: CertificateRow) -> None:
    """Store certificates."""
    with acting_for(owner.id):
        async with db.tenant_tx() as tx:
            for row in rows:
                await queries.insert(tx.connection, row)


@pytest.fixture
async def ailing(db: Database, tenant: Tenant, domain: str) -> CertificateRow:
    """A certificate whose renewal fails."""
    row = row_of(f"mail.{domain}", problem="The CA cannot be reached.", attempts=2)
    await keep(db, tenant, row)
    return row


async def test_the_list_says_how_each_stands(ann: Person, tenant: Tenant, db: Database, ailing: CertificateRow) -> None:
    over = row_of("old.example.test", not_before=NOW - timedelta(days=90), not_after=NOW - timedelta(days=1))
    pending = row_of("new.example.test", status="pending", chain=None, private_key=None, not_after=None)
    await keep(db, tenant, over, pending, row_of("well.example.test"))
    text = await ann.see("/certificates")
    for said in ("Renewal fails", "Expired", "On its way", "Served", "The CA cannot be reached.", "59 more days"):
        assert said in text


async def test_one_can_be_uploaded_and_deleted(ann: Person, domain: str) -> None:
    body = OwnAuthority().body(f"mail.{domain}")
    answer = await ann.submit("/certificates/upload", page="/certificates", **body)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"].partition("?")[0]
    text = await ann.see(path)
    assert f"mail.{domain}" in text
    assert "PRIVATE KEY" not in text
    assert (await ann.submit(f"{path}/delete", page=path)).status_code == 303
    assert (await ann.client.get(path)).status_code == 404


async def test_what_is_wrong_stands_at_its_field_and_the_key_is_not_shown_again(ann: Person, domain: str) -> None:
    body = OwnAuthority().body("mail.else.test")
    answer = await ann.submit("/certificates/upload", page="/certificates", **body)
    assert answer.status_code == 422
    assert re.search(r'id="chain-error".*?not below a proven domain', answer.text, re.DOTALL)
    assert "BEGIN PRIVATE KEY" not in answer.text
    for nonsense in ("", "\0", "x" * 70_000):
        answer = await ann.submit("/certificates/upload", page="/certificates", chain=nonsense, private_key="x")
        assert answer.status_code == 422


async def test_a_domains_tab_shows_its_own_only(
    ann: Person, tenant: Tenant, db: Database, domain: str, ailing: CertificateRow
) -> None:
    await keep(db, tenant, row_of(f"mail.not{domain}"))
    async with db.fleet_tx() as tx:
        domain_id = await tx.connection.fetchval("select id from mail_domains where name = $1", domain)
    text = await ann.see(f"/domains/{ids.encode('dom', domain_id)}/certificates")
    assert f"mail.{domain}" in text
    assert f"mail.not{domain}" not in text


async def test_renewing_is_one_press(ann: Person, ailing: CertificateRow) -> None:
    path = f"/certificates/{ids.encode('crt', ailing.id)}"
    answer = await ann.submit(f"{path}/renew", page=path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=certificate-ordered")


async def test_who_may_only_read_is_offered_nothing_else(
    make_person: MakePerson, tenant: Tenant, ailing: CertificateRow
) -> None:
    person = await make_person(tenant, role="support")
    await person.sign_in()
    path = f"/certificates/{ids.encode('crt', ailing.id)}"
    text = await person.see(path)
    assert "/delete" not in text
    assert (await person.submit(f"{path}/delete", page=path)).status_code in (403, 404)


async def test_strangers_see_nothing_of_it(
    make_person: MakePerson, make_tenant: MakeTenant, make_domain: MakeDomain, ailing: CertificateRow
) -> None:
    person = await make_person(await make_tenant())
    await person.sign_in()
    assert (await person.client.get(f"/certificates/{ids.encode('crt', ailing.id)}")).status_code == 404
