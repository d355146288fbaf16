"""Members: who they are, what they may do, and that nobody gives away more than they have."""

import secrets
from uuid import UUID

import httpx
import pytest

from control_plane.accounts import service
from control_plane.accounts.errors import LastOwner, OwnerUnclear
from control_plane.accounts.rights import RoleOutOfReach, may_give
from control_plane.accounts.schemas import SCOPES_OF, Role
from control_plane.core import ids
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeTenant, Tenant

ROLES: tuple[Role, ...] = ("owner", "admin", "developer", "marketer", "support", "billing")


async def make(db: Database, tenant: Tenant, role: Role) -> UUID:
    async with db.fleet_tx() as tx:
        email = f"{role}-{secrets.token_hex(4)}@acme.test"
        return await service.create_user(tx, tenant.id, email, secrets.token_hex(12), role, role.title())


def subject(tenant: Tenant, role: Role, user_id: UUID | None = None, within: Role | None = None) -> Subject:
    return Subject(
        tenant_id=tenant.id,
        tenant_kind="client",
        scopes=SCOPES_OF[role],
        user_id=user_id,
        within=SCOPES_OF[within] if within else None,
    )


def path(user_id: UUID) -> str:
    return f"/v1/members/{ids.encode('usr', user_id)}"


@pytest.mark.parametrize(
    ("giver", "given"),
    [
        ("owner", ROLES),
        ("admin", ROLES[1:]),
        ("developer", ("developer", "marketer")),
        ("support", ("support", "billing")),
    ],
)
def test_nobody_gives_more_than_they_have(tenant: Tenant, giver: Role, given: tuple[Role, ...]) -> None:
    assert tuple(role for role in ROLES if may_give(subject(tenant, giver), role)) == given


def test_who_acts_for_a_client_gives_no_more_than_the_grant(tenant: Tenant) -> None:
    acting = subject(tenant, "owner", within="admin")
    assert may_give(acting, "admin")
    assert not may_give(acting, "owner")


async def test_members_are_listed_in_pages(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    made = {ids.encode("usr", await make(db, tenant, role)) for role in ROLES[:3]}
    first = (await client.get("/v1/members", params={"limit": 2}, headers=tenant.headers)).json()
    rest = (await client.get("/v1/members", params={"after": first["next"]}, headers=tenant.headers)).json()
    assert {member["id"] for member in first["data"] + rest["data"]} == made
    assert rest["next"] is None


async def test_a_role_is_changed_if_it_is_as_one_saw_it(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    user_id = await make(db, tenant, "support")
    seen = (await client.get(path(user_id), headers=tenant.headers)).headers["etag"]
    headers = tenant.headers | {"If-Match": seen}
    changed = await client.patch(path(user_id), json={"role": "developer"}, headers=headers)
    assert (changed.status_code, changed.json()["role"]) == (200, "developer")
    again = await client.patch(path(user_id), json={"role": "admin"}, headers=headers)
    assert again.status_code == 412


async def test_the_last_owner_stays_one(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    user_id = await make(db, tenant, "owner")
    await make(db, tenant, "admin")
    demoted = await client.patch(path(user_id), json={"role": "admin"}, headers=tenant.headers)
    removed = await client.delete(path(user_id), headers=tenant.headers)
    assert {demoted.json()["code"], removed.json()["code"]} == {"last_owner"}
    with acting_for(tenant.id), pytest.raises(LastOwner):
        await service.leave(db, user_id)


async def test_of_two_owners_one_may_go(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    await make(db, tenant, "owner")
    second = await make(db, tenant, "owner")
    assert (await client.delete(path(second), headers=tenant.headers)).status_code == 204
    assert (await client.get(path(second), headers=tenant.headers)).status_code == 404


async def test_an_admin_neither_makes_nor_changes_owners(db: Database, tenant: Tenant) -> None:
    owner, colleague = await make(db, tenant, "owner"), await make(db, tenant, "support")
    admin = subject(tenant, "admin")
    with acting_for(tenant.id):
        for attempt in (
            service.change_role(db, admin, colleague, "owner"),
            service.change_role(db, admin, owner, "support"),
            service.remove(db, admin, owner),
            service.transfer_ownership(db, admin, colleague),
        ):
            with pytest.raises(RoleOutOfReach):
                await attempt


async def test_ownership_goes_over_and_the_giver_stays_as_admin(db: Database, tenant: Tenant) -> None:
    giver, taker = await make(db, tenant, "owner"), await make(db, tenant, "developer")
    with acting_for(tenant.id):
        await service.transfer_ownership(db, subject(tenant, "owner", giver), taker)
        roles = {member.id: member.role for member in (await service.list_members(db, None, 10)).data}
    assert roles == {ids.encode("usr", giver): "admin", ids.encode("usr", taker): "owner"}


async def test_a_program_hands_over_the_only_owners_part(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    giver, taker = await make(db, tenant, "owner"), await make(db, tenant, "developer")
    answer = await client.post(f"{path(taker)}/transfer-ownership", headers=tenant.headers)
    assert (answer.status_code, answer.json()["role"]) == (200, "owner")
    assert (await client.get(path(giver), headers=tenant.headers)).json()["role"] == "admin"
    await make(db, tenant, "owner")
    with acting_for(tenant.id), pytest.raises(OwnerUnclear):
        await service.transfer_ownership(db, subject(tenant, "owner"), giver)


async def test_somebody_elses_member_is_not_there(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    user_id = await make(db, tenant, "developer")
    for answer in (
        await client.get(path(user_id), headers=stranger.headers),
        await client.patch(path(user_id), json={"role": "support"}, headers=stranger.headers),
        await client.delete(path(user_id), headers=stranger.headers),
        await client.post(f"{path(user_id)}/transfer-ownership", headers=stranger.headers),
    ):
        assert answer.status_code == 404
    with acting_for(stranger.id), pytest.raises(NotFound):
        await service.leave(db, user_id)


async def test_reading_members_is_not_changing_them(
    client: httpx.AsyncClient, db: Database, make_tenant: MakeTenant
) -> None:
    reading = await make_tenant(scopes=("members:read",))
    user_id = await make(db, reading, "support")
    assert (await client.delete(path(user_id), headers=reading.headers)).status_code == 403
    key = await make_tenant(scopes=("members:*",))
    other = await make(db, key, "support")
    answer = await client.patch(path(other), json={"role": "admin"}, headers=key.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_out_of_reach")


async def test_changes_stand_in_the_audit_log(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    user_id = await make(db, tenant, "support")
    await client.patch(path(user_id), json={"role": "developer"}, headers=tenant.headers)
    await client.delete(path(user_id), headers=tenant.headers)
    log = (await client.get("/v1/audit-log", headers=tenant.headers)).json()["data"]
    assert [entry["action"] for entry in log] == ["members.remove", "members.change_role"]
