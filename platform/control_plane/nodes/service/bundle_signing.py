"""The installation's keys for signing desired state: made at first use, two at a time, the older one on its way out."""

import base64
from collections.abc import Sequence
from datetime import timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Transaction
from control_plane.core.errors import Conflict
from control_plane.nodes.queries import bundle_keys as queries
from tenant_agent import wire

_PURPOSE = "bundle_keys.private"
_MOST_KEYS = 2
_ALL_KNOW = timedelta(days=8)
"""A credential is renewed every week, and so every node knows the newest key."""
_WAIT = "wait until it is eight days old, or use `--force` and enrol again those that know neither."


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


async def rotate_bundle_key(tx: Transaction, vault: Vault, clock: Clock, *, force: bool = False) -> str:
    """Make a new key and drop the one before the last; gives the new public one (fleet role); raises `Conflict`.

    A node learns of it when its credential is renewed, within eight days, and is signed for with the older one until
    then. Within that time, another one is refused unless forced: who knows neither key must enrol again.
    """
    await queries.lock(tx.connection)
    newest = await queries.newest_of_several(tx.connection)
    if newest is not None and clock.now() - newest < _ALL_KNOW and not force:
        raise Conflict(f"The last key is of {newest:%Y-%m-%d %H:%M} UTC, and nodes may not know it yet: {_WAIT}")
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
