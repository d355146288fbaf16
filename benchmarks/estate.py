"""Many tenants' domains, signing keys and mailboxes as a node is told of them, put straight into its desired state."""

from collections.abc import Iterator
from uuid import UUID

import asyncpg
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from control_plane.core import ids
from tenant_agent import wire

SUFFIX = "boot.bench.test"
_TENANTS = 500
_FIRST_UID = 300_000
_BATCH = 5000
_HASH = "$argon2id$v=19$m=19456,t=2,p=1$hsMXNT4J0PeymsfZ41CIfg$mnNcClDz2Dc/XZ/ZPETjQARdyOb0uKn3/YJ30gEhHQg"


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


_RSA = wire.DkimItem(
    domain="", selector="r", algorithm="rsa", private_key=_pem(rsa.generate_private_key(65537, 2048)), active=True
)
_ED25519 = wire.DkimItem(
    domain="", selector="e", algorithm="ed25519", private_key=_pem(ed25519.Ed25519PrivateKey.generate()), active=True
)


class Estate(msgspec.Struct, frozen=True):
    """How much there is."""

    domains: int
    mailboxes: int

    def items(self, node_id: str) -> Iterator[tuple[str, str, wire.Item]]:
        """Give kind, key and item of everything; all domains share two keys, as making ten thousand takes an hour."""
        for number in range(self.domains):
            name = f"d{number}.{SUFFIX}"
            yield "domain", name, wire.DomainItem(name=name, return_domain=f"bounce.{name}")
            for key in (_RSA, _ED25519):
                yield "dkim", f"{name}/{key.selector}", msgspec.structs.replace(key, domain=name)
        for number in range(self.mailboxes):
            box = mailbox(number % self.domains, f"person.{number}", node_id)
            yield "mailbox", box.address, box


def mailbox(domain: int, name: str, node_id: str) -> wire.MailboxItem:
    """Describe a mailbox in one of the domains."""
    return wire.MailboxItem(
        address=f"{name}@d{domain}.{SUFFIX}",
        system_uid=_FIRST_UID + domain % _TENANTS,
        password_hash=_HASH,
        quota_bytes=1 << 30,
        node_id=node_id,
    )


async def settle(connection: "asyncpg.Connection[asyncpg.Record]", node_id: UUID, tenant_id: UUID, much: Estate) -> int:
    """Put everything into a node's desired state in one generation, which is given."""
    async with connection.transaction():
        generation: int = await connection.fetchval(
            "update nodes set generation_desired = generation_desired + 1 where id = $1 returning generation_desired",
            node_id,
        )
        batch: list[tuple[str, str, bytes]] = []
        for kind, key, item in much.items(ids.encode("nod", node_id)):
            batch.append((kind, key, wire.encode(item)))
            if len(batch) == _BATCH:
                await _insert(connection, node_id, tenant_id, generation, batch)
                batch.clear()
        await _insert(connection, node_id, tenant_id, generation, batch)
    return generation


async def clear(connection: "asyncpg.Connection[asyncpg.Record]", node_id: UUID) -> None:
    """Forget everything again, for a node that will begin anew."""
    await connection.execute("delete from node_items where node_id = $1 and key like $2", node_id, f"%.{SUFFIX}%")


async def _insert(
    connection: "asyncpg.Connection[asyncpg.Record]",
    node_id: UUID,
    tenant_id: UUID,
    generation: int,
    rows: list[tuple[str, str, bytes]],
) -> None:
    await connection.execute(
        """insert into node_items (node_id, kind, key, tenant_id, generation, payload)
           select $1, kind, key, $2, $3, payload
           from unnest($4::text[], $5::text[], $6::bytea[]) as i (kind, key, payload)
           on conflict (node_id, kind, key) do update
             set generation = excluded.generation, payload = excluded.payload""",
        node_id,
        tenant_id,
        generation,
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
    )
