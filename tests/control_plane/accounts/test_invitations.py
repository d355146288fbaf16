"""Invitations: mailed, good once and for seven days, and only for whom they were meant."""

import secrets
from datetime import timedelta

import httpx
import pytest

from control_plane.accounts import service
from control_plane.accounts.errors import AlreadyMember, LinkSpent
from control_plane.accounts.people import Newcomer
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.runtime import Runtime
from tests.conftest import MakeTenant, Tenant
from tests.mailbox import link_to, notices_to

ANN = Newcomer(name="Ann", password="violet harbour kettle nine")


def an_address() -> str:
    return f"ann-{secrets.token_hex(4)}@else.test"


async def invite(client: httpx.AsyncClient, tenant: Tenant, email: str, role: str = "developer") -> httpx.Response:
    return await client.post("/v1/invitations", json={"email": email, "role": role}, headers=tenant.headers)


async def token_for(db: Database, email: str) -> str:
    return (await link_to(db, email)).rpartition("/")[2]


async def roles(client: httpx.AsyncClient, tenant: Tenant) -> dict[str, str]:
    members = (await client.get("/v1/members", headers=tenant.headers)).json()["data"]
    return {member["email"]: member["role"] for member in members}


async def test_somebody_new_joins_with_a_name_and_a_password(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    assert (await invite(client, tenant, email.upper())).status_code == 201
    token = await token_for(db, email)
    assert not (await service.open_invitation(db, runtime.clock, token)).is_known
    joined = await service.join(db, runtime.clock, token, ANN)
    assert joined.tenant_id == tenant.id
    assert await roles(client, tenant) == {email: "developer"}
    assert await service.sign_in(db, runtime.valkey, email, ANN.password) is not None


async def test_somebody_known_joins_as_who_they_are(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    email = an_address()
    async with db.fleet_tx() as tx:
        user_id = await service.create_user(tx, stranger.id, email, "their own password", "owner", "Ann")
    await invite(client, tenant, email, "support")
    joined = await service.join(db, runtime.clock, await token_for(db, email), Newcomer(name="X", password="y"))
    assert (joined.person.id, joined.person.name) == (user_id, "Ann")
    assert await service.sign_in(db, runtime.valkey, email, "their own password") is not None
    assert len(await service.memberships(db, user_id)) == 2


async def test_a_link_is_good_once(client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant) -> None:
    email = an_address()
    await invite(client, tenant, email)
    token = await token_for(db, email)
    await service.join(db, runtime.clock, token, ANN)
    with pytest.raises(LinkSpent):
        await service.join(db, runtime.clock, token, ANN)
    assert (await client.get("/v1/invitations", headers=tenant.headers)).json()["data"] == []


async def test_a_link_is_good_for_seven_days(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    await invite(client, tenant, email)
    late = FixedClock(runtime.clock.now() + timedelta(days=7, seconds=1))
    with pytest.raises(LinkSpent):
        await service.open_invitation(db, late, await token_for(db, email))


@pytest.mark.parametrize("token", ["", "x", "fpi_", "fpl_" + "0" * 56, "fpi_" + "0" * 56, "fpi_" + "\0" * 56])
async def test_a_made_up_link_is_none(runtime: Runtime, db: Database, token: str) -> None:
    with pytest.raises(LinkSpent):
        await service.open_invitation(db, runtime.clock, token)


async def test_sent_again_only_the_new_link_is_good(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    made = (await invite(client, tenant, email)).json()
    before = await token_for(db, email)
    path = f"/v1/invitations/{made['id']}/resend"
    early = await client.post(path, headers=tenant.headers)
    assert (early.status_code, early.json()["code"]) == (429, "sent_just_now")
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update invitations set sent_at = sent_at - interval '2 minutes' where email = $1", email
        )
    assert (await client.post(path, headers=tenant.headers)).status_code == 200
    assert len(await notices_to(db, email)) == 2
    with pytest.raises(LinkSpent):
        await service.open_invitation(db, runtime.clock, before)
    assert (await service.open_invitation(db, runtime.clock, await token_for(db, email))).email == email


async def test_withdrawn_its_link_is_worth_nothing(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    made = (await invite(client, tenant, email)).json()
    assert (await client.delete(f"/v1/invitations/{made['id']}", headers=tenant.headers)).status_code == 204
    with pytest.raises(LinkSpent):
        await service.open_invitation(db, runtime.clock, await token_for(db, email))


async def test_nobody_is_invited_twice_or_when_they_are_here(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    await invite(client, tenant, email)
    assert (await invite(client, tenant, email)).json()["code"] == "invitation_exists"
    await service.join(db, runtime.clock, await token_for(db, email), ANN)
    assert (await invite(client, tenant, email)).json()["code"] == "already_member"


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "a b@else.test", "ann@else.test\r\nBcc: x@y.test", "a\0@else.test"]
)
async def test_what_is_no_address_is_refused(client: httpx.AsyncClient, tenant: Tenant, email: str) -> None:
    answer = await invite(client, tenant, email)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "email")


async def test_nobody_invites_above_themselves(client: httpx.AsyncClient, make_tenant: MakeTenant) -> None:
    key = await make_tenant(scopes=("members:*",))
    assert (await invite(client, key, an_address(), "owner")).json()["code"] == "role_out_of_reach"


async def test_somebody_elses_invitation_is_not_there(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant
) -> None:
    made = (await invite(client, tenant, an_address())).json()
    path = f"/v1/invitations/{made['id']}"
    for answer in (
        await client.get(path, headers=stranger.headers),
        await client.delete(path, headers=stranger.headers),
        await client.post(f"{path}/resend", headers=stranger.headers),
    ):
        assert answer.status_code == 404


async def test_a_bad_password_joins_nobody(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    await invite(client, tenant, email)
    token = await token_for(db, email)
    with pytest.raises(Invalid) as refused:
        await service.join(db, runtime.clock, token, Newcomer(name="", password="short"))
    assert [error.path for error in refused.value.errors] == ["name", "password"]
    assert await roles(client, tenant) == {}
    await service.join(db, runtime.clock, token, ANN)


async def test_an_owner_is_invited_by_the_fleet_role_too(runtime: Runtime, db: Database, tenant: Tenant) -> None:
    email = an_address()
    async with db.fleet_tx() as tx:
        await service.invite_owner(tx, tenant.id, email, "Agency")
    joined = await service.join(db, runtime.clock, await token_for(db, email), ANN)
    [place] = await service.memberships(db, joined.person.id)
    assert (place.tenant_id, place.role) == (tenant.id, "owner")
    async with db.fleet_tx() as tx:
        with pytest.raises(AlreadyMember):
            await service.invite_owner(tx, tenant.id, email, "Agency")


async def test_inviting_and_joining_stand_in_the_audit_log(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant
) -> None:
    email = an_address()
    await invite(client, tenant, email)
    await service.join(db, runtime.clock, await token_for(db, email), ANN)
    log = (await client.get("/v1/audit-log", headers=tenant.headers)).json()["data"]
    assert [entry["action"] for entry in log] == ["members.join", "members.invite"]
    assert log[0]["actor"]["name"] == email
