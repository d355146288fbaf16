"""A domain's pages: records that turn green by themselves, history, publishing, and what a link shows."""

import json
import re
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.channels import of_domain
from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person
from tests.web.samples import make_publication
from tests.web.test_live_pages import follow


@pytest.fixture
async def path(ann: Person) -> str:
    """The page of a domain that was just added."""
    added = await ann.submit("/domains", page="/domains", name="bücher.example.org")
    return added.headers["location"].partition("?")[0]


def id_of(path: str) -> UUID:
    return ids.decode("dom", path.rpartition("/")[2])


async def find(db: Database, tenant: Tenant, path: str, *, status: str, found: str) -> None:
    """Let a check find the first record like this, and tell of it."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            row = await tx.connection.fetchrow(
                "select name, ownership_token from mail_domains where id = $1", id_of(path)
            )
            assert row is not None
            record = {
                "type": "TXT", "host": f"_fleetpost.{row['name']}", "purpose": "ownership", "status": status,
                "value": f"fleetpost-verification={row['ownership_token']}", "found": [found], "explanation": "Look.",
            }  # fmt: skip
            await tx.connection.execute(
                "update mail_domains set findings = $2::jsonb, checked_at = now() where id = $1",
                id_of(path),
                json.dumps([record]),
            )
            tx.outbox.signal(of_domain(path.rpartition("/")[2]))


async def test_a_record_turns_green_without_a_reload(app: Litestar, ann: Person, db: Database, path: str) -> None:
    async with follow(app, ann, f"{path}/live") as follower:
        assert "0 of" in await follower.event("records")
        await find(db, ann.tenant, path, status="ok", found="x")
        update = await follower.event("records")
    assert "1 of" in update
    assert "In place" in update


async def test_what_strangers_put_into_dns_is_shown_as_text(ann: Person, db: Database, path: str) -> None:
    await find(db, ann.tenant, path, status="wrong", found="<script>alert(1)</script>\u202e" + "x" * 5000)
    answer = (await ann.client.get(path)).text
    assert "&lt;script&gt;alert(1)" in answer
    assert "\u202e" not in answer
    assert "x" * 500 not in answer


async def test_a_domain_is_shown_as_it_was_typed(ann: Person, path: str) -> None:
    page = await ann.see(path)
    assert "bücher.example.org" in page
    assert "xn--bcher-kva.example.org" in page


async def test_the_list_is_narrowed(ann: Person, path: str) -> None:
    assert path in await ann.see("/domains?query=b%C3%BCcher&status=pending")
    assert path not in await ann.see("/domains?query=other")
    assert path not in await ann.see("/domains?status=verified")


async def test_history_says_what_was_and_what_is(ann: Person, db: Database, path: str) -> None:
    assert "Nothing has changed yet" in await ann.see(f"{path}/history")
    change = {"purpose": "spf", "type": "TXT", "host": "x.test", "before": "ok", "after": "wrong", "found": ["v=spf1"]}
    with acting_for(ann.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "insert into domain_checks (tenant_id, id, domain_id, status, changes) values ($1, $2, $3, $4, $5)",
                ann.tenant.id,
                ids.new_uuid(),
                id_of(path),
                "degraded",
                json.dumps([change]),
            )
    page = await ann.see(f"{path}/history")
    assert "Differs" in page
    assert "v=spf1" in page


async def test_an_expired_claim_is_begun_anew_from_its_page(ann: Person, db: Database, path: str) -> None:
    with acting_for(ann.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update mail_domains set status = 'failed', next_check_at = null where id = $1", id_of(path)
            )
    page = await ann.see(path)
    assert "the claim has expired" in page
    assert "Claim it again" in page
    again = await ann.submit("/domains", page=path, name="bücher.example.org")
    assert again.headers["location"].partition("?")[0] == path


async def test_a_link_shows_the_records_and_nothing_else(
    ann: Person, make_person: MakePerson, stranger: Tenant, path: str
) -> None:
    made = await ann.submit(f"{path}/share", page=f"{path}/publish", email="")
    found = re.search(r"/dns/fpd_\w+", made.text)
    assert found
    nobody = await make_person(stranger)
    answer = await nobody.client.get(found[0])
    assert answer.status_code == 200
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "fleetpost-verification=" in answer.text
    assert ann.email not in answer.text
    assert path not in answer.text
    file = await nobody.client.get(f"{found[0]}/zone-file")
    assert file.headers["content-type"].startswith("text/dns")
    assert found[0] not in await ann.see(f"{path}/publish")  # it is shown once
    link_id = re.search(r'name="link_id" value="(lnk_\w+)"', (await ann.client.get(f"{path}/publish")).text)
    assert link_id
    await ann.submit(f"{path}/unshare", page=f"{path}/publish", link_id=link_id[1])
    over = await nobody.client.get(found[0])
    assert (over.status_code, "This link is over" in over.text) == (404, True)


async def test_a_wrong_address_stays_at_its_field(ann: Person, path: str) -> None:
    answer = await ann.submit(f"{path}/share", page=f"{path}/publish", email="nobody")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


async def test_a_provider_is_connected_only_when_it_opens_the_zone(ann: Person, path: str) -> None:
    fields = {"kind": "ddns", "name": "Ours", "server": "10.0.0.1", "key_name": "k", "algorithm": "hmac-sha256"}
    connect = f"{path}/publish/connect"
    answer = await ann.submit(connect, page=f"{connect}?kind=ddns", **fields, key="c2VjcmV0")
    assert answer.status_code == 422
    assert "no address on the public internet" in answer.text
    assert "c2VjcmV0" not in answer.text


async def test_conflicts_are_ticked_and_what_is_not_ticked_is_left_out(ann: Person, db: Database, path: str) -> None:
    publication = await make_publication(db, ann.tenant, path.rpartition("/")[2])
    page = f"{path}/publications/{publication}"
    assert 'name="replace" value="MX example.org"' in await ann.see(page)
    answer = await ann.submit(f"{page}/apply", page=page, replace="MX example.org")
    assert answer.headers["location"] == page
    with acting_for(ann.tenant.id):
        async with db.tenant_tx() as tx:
            steps = json.loads(await tx.connection.fetchval("select steps from dns_publications"))
    assert {step["type"]: step["status"] for step in steps} == {"MX": "waiting", "TXT": "left_out"}


@pytest.mark.parametrize("below", ["", "/history", "/publish", "/publish/connect", "/zone-file", "/live"])
async def test_a_strangers_domain_is_not_there(
    make_person: MakePerson, stranger: Tenant, path: str, below: str
) -> None:
    eve = await make_person(stranger)
    await eve.sign_in()
    answer: httpx.Response = await eve.client.get(f"{path}{below}")
    assert answer.status_code == 404
