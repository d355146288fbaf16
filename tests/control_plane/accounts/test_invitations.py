"""Invitations: mailed, good once and for seven days, and only for whom they were meant."""

import asyncio
import secrets
from datetime import timedelta

import asyncpg
import httpx
import pytest

from control_plane.accounts import service
from control_plane.accounts.errors import AlreadyMember, LinkSpent
from control_plane.accounts.people import Newcomer
from control_plane.accounts.queries import invitations as queries
from control_plane.accounts.service.invitations import MAILS_TO_ONE
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.tenants import service as tenants
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


async def invite_and_withdraw(client: httpx.AsyncClient, tenant: Tenant, email: str) -> httpx.Response:
    made = await invite(client, tenant, email)
    if made.status_code == 201:
        await client.delete(f"/v1/invitations/{made.json()['id']}", headers=tenant.headers)
    return made


async def test_nobody_is_written_to_without_end(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    email = an_address()
    answers = [await invite_and_withdraw(client, tenant, email) for _ in range(MAILS_TO_ONE + 1)]
    assert [answer.status_code for answer in answers] == [201] * MAILS_TO_ONE + [429]
    assert answers[-1].json()["code"] == "invited_enough"
    assert len(await notices_to(db, email)) == MAILS_TO_ONE
    assert (await invite(client, tenant, an_address())).status_code == 201
    assert (await invite(client, stranger, email)).status_code == 201


async def test_many_who_ask_at_once_mail_no_more(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    email = an_address()
    await asyncio.gather(*[invite_and_withdraw(client, tenant, email) for _ in range(3 * MAILS_TO_ONE)])
    assert len(await notices_to(db, email)) <= MAILS_TO_ONE


async def test_an_account_answers_for_all_below_it(db: Database, make_tenant: MakeTenant) -> None:
    email, root = an_address(), await make_tenant("operator")
    async with db.fleet_tx() as tx:
        agency = await tenants.create(tx, _below(root.id, "agency"))
        clients = [await tenants.create(tx, _below(agency, "client")) for _ in range(2)]
        for number in range(MAILS_TO_ONE):
            await queries.note_mail(tx, clients[number % 2], email)
        assert (await queries.note_mail(tx, clients[0], email))["to_them_from_there"] == MAILS_TO_ONE + 1


async def test_mails_are_noted_for_ones_own_only(db: Database, tenant: Tenant, stranger: Tenant) -> None:
    with acting_for(tenant.id), pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.tenant_tx() as tx:
            await queries.note_mail(tx, stranger.id, an_address())


def _below(parent_id: TenantId, kind: str) -> tenants.NewTenant:
    slug = f"t-{secrets.token_hex(8)}"
    return tenants.NewTenant(kind=kind, name=slug, slug=slug, parent_id=parent_id)
