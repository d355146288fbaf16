"""A node and what it may host, as the control plane would send it."""

from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tenant_agent import wire
from tenant_agent.project import key_of

NODE_ID = "nod_here"
PASSWORD = "correct horse battery staple"
PASSWORD_HASH = "$argon2id$v=19$m=1024,t=1,p=1$hsMXNT4J0PeymsfZ41CIfg$mnNcClDz2Dc/XZ/ZPETjQARdyOb0uKn3/YJ30gEhHQg"
"""Of PASSWORD, with as little work as the scheme allows."""


def node(**changes: object) -> wire.NodeItem:
    """A node with every role and two sending addresses."""
    fields: dict[str, object] = {
        "name": "n1",
        "hostname": "n1.fleetpost.test",
        "service_address": "10.77.1.10",
        "roles": ("outbound", "mx", "mailbox"),
        "ips": (
            wire.SendingIp(ip_id="ip_1", address="10.77.1.11", hostname="out1-11.fleetpost.test", pool_id="pool_t"),
            wire.SendingIp(ip_id="ip_2", address="10.77.1.12", hostname="out1-12.fleetpost.test", pool_id="pool_b"),
        ),
    }
    return wire.NodeItem(**(fields | changes))  # type: ignore[arg-type]


def mailbox(address: str = "ann@acme.test", **changes: object) -> wire.MailboxItem:
    fields: dict[str, object] = {
        "address": address,
        "system_uid": 200_001,
        "password_hash": PASSWORD_HASH,
        "quota_bytes": 1 << 30,
        "node_id": NODE_ID,
    }
    return wire.MailboxItem(**(fields | changes))  # type: ignore[arg-type]


def domain(name: str = "acme.test") -> wire.DomainItem:
    return wire.DomainItem(name=name, return_domain=f"bounce.{name}")


def dkim(
    name: str = "acme.test",
    selector: str = "fp1",
    algorithm: Literal["rsa", "ed25519"] = "ed25519",
    *,
    active: bool = True,
    private_key: str | None = None,
) -> wire.DkimItem:
    return wire.DkimItem(
        domain=name,
        selector=selector,
        algorithm=algorithm,
        private_key=private_key or pem(algorithm),
        active=active,
    )


def pem(algorithm: Literal["rsa", "ed25519"]) -> str:
    """Make a new private key as the control plane stores it."""
    key = (
        ed25519.Ed25519PrivateKey.generate()
        if algorithm == "ed25519"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def change(item: wire.Item, tenant_id: str | None = "ten_1") -> wire.Change:
    """The change that sets an item."""
    kind = next(kind for kind, item_type in wire.ITEM_TYPES.items() if isinstance(item, item_type))
    return wire.Change(
        kind=kind, key=key_of(item), tenant_id=None if kind == "node" else tenant_id, payload=wire.encode(item)
    )


def removal(item: wire.Item) -> wire.Change:
    """The change that deletes an item."""
    there = change(item)
    return wire.Change(kind=there.kind, key=there.key, tenant_id=there.tenant_id, payload=None)
