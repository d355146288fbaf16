"""The operator's pages of sending addresses and pools."""

import secrets

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import new_uuid
from tests.conftest import MakeTenant
from tests.isolation.fleet import make_warmup
from tests.web.conftest import MakePerson, Person
from tests.web.listed_address import make_listed
from tests.web.samples import make_node


async def operator(make_tenant: MakeTenant, make_person: MakePerson) -> Person:
    person = await make_person(await make_tenant("operator"))
    assert (await person.sign_in()).status_code == 303
    return person


async def add_pool(person: Person, name: str, **more: str) -> str:
    answer = await person.submit("/operator/pools", page="/operator/pools", name=name, stream="transactional", **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def test_an_operator_adds_a_pool_and_an_address_to_it(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    person, node_id = await operator(make_tenant, make_person), await make_node(db)
    pool_id = await add_pool(person, f"Letters {secrets.token_hex(3)}")
    address = f"10.99.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    form = {"address": address, "hostname": "out-1.fleet.test", "node_id": node_id, "pool_id": pool_id}
    answer = await person.submit("/operator/ips", page="/operator/ips", **form)
    assert answer.status_code == 303, answer.text
    shown = await person.see(answer.headers["location"])
    assert address in shown
    assert "Being checked" in shown
    assert address in await person.see(f"/operator/pools/{pool_id}")
    assert address in await person.see("/operator/ips?status=provisioning")
    again = await person.submit("/operator/ips", page="/operator/ips", **form)
    assert again.status_code == 409
    assert "release it there" in again.text


async def test_what_is_wrong_with_the_form_is_said_at_its_field(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    person, node_id = await operator(make_tenant, make_person), await make_node(db)
    pool_id = await add_pool(person, "Letters")
    for form in (
        {"address": "nonsense", "hostname": "out-1.fleet.test"},
        {"address": "10.0.0.1", "hostname": "no host"},
        {"address": "10.0.0.1", "hostname": "out-1.fleet.test", "pool_id": ids.encode("pool", new_uuid())},
    ):
        named = {"node_id": node_id, "pool_id": pool_id} | form
        answer = await person.submit("/operator/ips", page="/operator/ips", **named)
        assert answer.status_code in (404, 422), answer.text
    answer = await person.submit(
        "/operator/pools", page="/operator/pools", name="x", stream="transactional", tenant_id="ten_nobody"
    )
    assert answer.status_code == 422
    assert "There is no such tenant." in answer.text


async def test_a_pool_without_addresses_cannot_become_the_default(
    make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    person = await operator(make_tenant, make_person)
    path = f"/operator/pools/{await add_pool(person, 'Empty')}"
    answer = await person.submit(f"{path}/default", page=path)
    assert answer.status_code == 409
    assert "Give it one first" in answer.text
    renamed = await person.submit(path, page=path, name="Still empty")
    assert renamed.status_code == 303
    assert "Still empty" in await person.see(path)


async def test_a_listed_address_shows_what_to_do(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    person, ip_id = await operator(make_tenant, make_person), await make_listed(db, await make_warmup(db))
    path = f"/operator/ips/{ip_id}"
    shown = await person.see(path)
    for words in ("SBL: known for spam", "https://check.spamhaus.org/", "Quarantine the address", "host7.isp.test"):
        assert words in shown
    assert "Spamhaus ZEN" in await person.see("/operator/ips")
    asked = await person.submit(f"{path}/delisting", page=path, blocklist="spamhaus-zen")
    assert asked.status_code == 303
    assert (await person.see(path)).count("I have asked") < shown.count("I have asked")


async def test_each_step_asks_why(db: Database, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    person, ip_id = await operator(make_tenant, make_person), await make_warmup(db)
    path = f"/operator/ips/{ip_id}"
    assert (await person.submit(path, page=path, step="drain", reason="")).status_code == 422
    assert (await person.submit(path, page=path, step="fly", reason="because")).status_code == 404
    assert (await person.submit(path, page=path, step="drain", reason="It moves.")).status_code == 303
    assert "Draining" in await person.see(path)
    refused = await person.submit(path, page=path, step="release", reason="Now.")
    assert refused.status_code == 409
    assert "drain it first" in refused.text


async def test_a_tenant_sees_its_own_sending_addresses(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    owner = await make_tenant()
    staff, ann = await operator(make_tenant, make_person), await make_person(owner)
    await ann.sign_in()
    assert "Your own sending addresses" not in await ann.see("/settings/usage")
    pool_id = await add_pool(staff, "Own", tenant_id=ids.encode("ten", owner.id))
    address = f"10.96.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    form = {"address": address, "hostname": "out-2.fleet.test", "node_id": await make_node(db), "pool_id": pool_id}
    await staff.submit("/operator/ips", page="/operator/ips", **form)
    assert address in await ann.see("/settings/usage")
