"""The installation's keys for signing desired state: made at first use, two at a time, the older one on its way out."""

import base64
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control_plane.audit import service as audit
from control_plane.core.crypto import Vault
from control_plane.core.database import Transaction
from control_plane.nodes.queries import bundle_keys as queries
from tenant_agent import wire

_PURPOSE = "bundle_keys.private"
_MOST_KEYS = 2


class BundleKey(msgspec.Struct, frozen=True):
    """A key; `public` in base64, as nodes are told it."""

    public: str
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"BundleKey({self.public})"


async def bundle_keys(tx: Transaction, vault: Vault) -> list[BundleKey]:
    """Give the keys, newest first, and make the first one if there is none (fleet role)."""
    if not await queries.all_keys(tx.connection):
        await queries.lock(tx.connection)
        if not await queries.all_keys(tx.connection):
            await _make(tx, vault)
    return [_open(public, sealed, vault) for public, sealed in await queries.all_keys(tx.connection)]


async def public_keys(tx: Transaction) -> tuple[str, ...]:
    """Give what nodes are told at enrolment, newest first (fleet role)."""
    return tuple([public for public, _ in await queries.all_keys(tx.connection)])


async def rotate_bundle_key(tx: Transaction, vault: Vault) -> str:
    """Make a new key and drop the one before the last; gives the new public one (fleet role).

    A node learns of it when its credential is renewed, within eight days, and is signed for with the older one until
    then. So leave more than that between two rotations: who knows neither key must enrol again.
    """
    await queries.lock(tx.connection)
    public = await _make(tx, vault)
    await queries.keep_only(tx.connection, _MOST_KEYS)
    audit.record_for_fleet(tx, "nodes.rotate_bundle_key", public)
    return public


def sign_reply(reply: wire.EnrolReply, keys: Sequence[BundleKey]) -> dict[str, str]:
    """Sign a renewed credential with each key, for nodes that know one of them."""
    said = wire.signed_part(reply)
    return {key.public: base64.b64encode(key.private.sign(said)).decode() for key in keys}


async def _make(tx: Transaction, vault: Vault) -> str:
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    await queries.insert(tx.connection, public, vault.encrypt(private.private_bytes_raw(), purpose=_PURPOSE))
    return public


def _open(public: str, sealed: bytes, vault: Vault) -> BundleKey:
    return BundleKey(public, Ed25519PrivateKey.from_private_bytes(vault.decrypt(sealed, purpose=_PURPOSE)))
