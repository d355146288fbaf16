"""Tenants that stand in the way of each other: two agencies with their clients, and the operator."""

import secrets

import httpx
import msgspec
from litestar import Litestar

from control_plane.accounts.keys import create_key
from control_plane.accounts.schemas import RESOURCES, SCOPES_OF
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.nodes.schemas import ALL_ROLES, NewNode
from control_plane.tenants import service as tenants
from tests.control_plane.conftest import register_for

GRANTED_ROLE = "developer"
"""What the client lets its agency be."""
NODE_PREFIX = "isolation-"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant with a proven domain and a key for everything."""

    id: TenantId
    public_id: str
    kind: str
    slug: str
    domain: str
    key: str
    root_id: str
    """The operator, at the root of its tree."""

    @property
    def marks(self) -> frozenset[str]:
        """Give what must be read by nobody else, wherever it turns up."""
        return frozenset({self.domain, self.key})


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a key of a place, perhaps for another tenant."""

    name: str
    place: Place
    key: str
    acting_for: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What a request of theirs carries."""
        acting = {"Fleetpost-Tenant": self.acting_for} if self.acting_for else {}
        return {"Authorization": f"Bearer {self.key}", **acting}


class World(msgspec.Struct, frozen=True, kw_only=True):
    """All that there is: `client` is the one that everybody else tries to get at, and `agency` has its grant."""

    db: Database
    operator: Place
    agency: Place
    client: Place
    sibling: Place
    """Another client of the same agency, which granted it too."""
    ungranted: Place
    """A client of the agency that granted nothing."""
    other_agency: Place
    other_client: Place
    keys: dict[str, str]
    """Keys of `client` by what they may do: a role's name, or a scope."""
    agency_keys: dict[str, str]
    operator_keys: dict[str, str]

    def owner(self, kind: str) -> Place:
        """Give who has things of a kind."""
        return {"client": self.client, "agency": self.agency, "operator": self.operator}[kind]

    def keys_of(self, kind: str) -> dict[str, str]:
        """Give the owner's keys by what they may do."""
        return {"client": self.keys, "agency": self.agency_keys, "operator": self.operator_keys}[kind]

    def strangers(self, kind: str, *, below: bool = True) -> list[Somebody]:
        """List who has no business with what an owner of this kind has, each with a key for everything.

        An agency's clients are its parents' too, so the operator is a stranger to clients' things only. Without
        `below`, those are left out who stand below the owner.
        """
        if not below:
            beside = [self.other_agency, self.other_client]
            return [Somebody(name=_name(self, place), place=place, key=place.key) for place in beside]
        beside = [self.other_agency, self.other_client, self.sibling, self.ungranted]
        if kind == "client":
            beside += [self.agency, self.operator]
        elif kind == "agency":
            beside.append(self.client)
        else:
            beside += [self.agency, self.client]
        asking = [Somebody(name=f"{_name(self, place)}", place=place, key=place.key) for place in beside]
        acting = Somebody(
            name="agency acting for the sibling",
            place=self.sibling,
            key=self.agency.key,
            acting_for=self.sibling.public_id,
        )
        return [*asking, acting]


def _name(world: World, place: Place) -> str:
    return next(name for name in world.__struct_fields__ if getattr(world, name) is place).replace("_", " ")


async def build(runtime: Runtime) -> World:
    """Make the world anew, under names of its own, with a node for its mailboxes that nobody waits for."""
    db = runtime.db
    await register_for(runtime, some_node(), since=ids.new_uuid())
    operator = await _place(db, "operator")
    agency = await _place(db, "agency", operator)
    client, sibling, ungranted = [await _place(db, "client", agency) for _ in range(3)]
    other_agency = await _place(db, "agency", operator)
    other_client = await _place(db, "client", other_agency)
    await _grant(db, agency, client, sibling)
    await _give_pool(db, client)
    await _grant(db, other_agency, other_client)
    return World(
        db=db,
        operator=operator,
        agency=agency,
        client=client,
        sibling=sibling,
        ungranted=ungranted,
        other_agency=other_agency,
        other_client=other_client,
        keys=await _keys(db, client),
        agency_keys=await _keys(db, agency),
        operator_keys=await _keys(db, operator),
    )


async def _place(db: Database, kind: str, parent: Place | None = None) -> Place:
    slug = f"{kind}-{secrets.token_hex(6)}"
    new = tenants.NewTenant(kind=kind, name=slug.title(), slug=slug, parent_id=parent.id if parent else None)
    async with db.fleet_tx() as tx:
        tenant_id = await tenants.create(tx, new)
    key = await make_key(db, tenant_id, ("*",))
    public_id = ids.encode("ten", tenant_id)
    place = Place(
        id=tenant_id,
        public_id=public_id,
        kind=kind,
        slug=slug,
        domain=f"{slug}.test",
        key=key,
        root_id=parent.root_id if parent else public_id,
    )
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
                   values ($1, $2, $3, 'verified', 'proven-by-test', now())""",
                tenant_id,
                ids.new_uuid(),
                place.domain,
            )
    return place


async def make_key(db: Database, tenant_id: TenantId, scopes: tuple[str, ...]) -> str:
    """Make a key that may ask as often as it wants."""
    async with db.fleet_tx() as tx:
        key = await create_key(tx, tenant_id, "isolation", scopes)
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update api_keys set requests_per_minute = 1000000")
    return key.token


async def _keys(db: Database, place: Place) -> dict[str, str]:
    roles = {str(role): tuple(scopes) for role, scopes in SCOPES_OF.items()}
    single = {f"{name}:{act}": (f"{name}:{act}",) for name in RESOURCES for act in ("read", "write")}
    return {name: await make_key(db, place.id, scopes) for name, scopes in (roles | single).items()}


async def _grant(db: Database, agency: Place, *clients: Place) -> None:
    async with db.fleet_tx() as tx:
        for client in clients:
            await tx.connection.execute(
                "insert into tenant_grants (tenant_id, grantee_id, role) values ($1, $2, $3)",
                client.id,
                agency.id,
                GRANTED_ROLE,
            )


async def join(db: Database, place: Place) -> str:
    """Have somebody become a member; gives their public id."""
    user_id = ids.new_uuid()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "insert into users (id, email) values ($1, $2)", user_id, f"{secrets.token_hex(6)}@else.test"
        )
        await tx.connection.execute(
            "insert into memberships (tenant_id, user_id, role) values ($1, $2, 'support')", place.id, user_id
        )
    return ids.encode("usr", user_id)


async def _give_pool(db: Database, place: Place) -> None:
    """Give a tenant addresses of its own to send from."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into ip_pools (id, tenant_id, name, kind, stream)
               values ($1, $2, 'own', 'dedicated', 'transactional')""",
            ids.new_uuid(),
            place.id,
        )


def some_node() -> NewNode:
    """Describe a node under a name of its own, which `retire_nodes` knows."""
    name = f"{NODE_PREFIX}{secrets.token_hex(6)}"
    address = f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    return NewNode(name=name, hostname=f"{name}.fleetpost.test", service_address=address, roles=ALL_ROLES)


async def retire_nodes(db: Database) -> None:
    """Take all nodes that were made here out of the way of other tests."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'retired' where name like $1 || '%'", NODE_PREFIX)


def open_client(app: Litestar) -> httpx.AsyncClient:
    """Open a client without credentials."""
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar names the same protocol differently
    return httpx.AsyncClient(transport=transport, base_url="http://fleetpost.test")
