"""Blobs as the rest of the house sees them: encrypted on their way to the store, opened on their way back."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.blobs import sealing
from control_plane.core.blobs.source import Source
from control_plane.core.blobs.store import Store
from control_plane.core.crypto import Vault

_PURPOSE = "blobs.sealed_key"


class StoredBlob(msgspec.Struct, frozen=True):
    """A blob as the database knows it."""

    tenant_id: UUID
    id: UUID
    size: int
    sha256: bytes
    sealed_key: bytes


class Blobs:
    """All tenants' blobs. A key is made of a tenant's id and a random one, so nobody can name another's."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def describe(self, tenant_id: UUID, blob_id: UUID, source: Source) -> StoredBlob:
        """Say what a blob will be, with a key of its own."""
        sealed_key = self._vault.encrypt(sealing.new_key(), purpose=_PURPOSE)
        return StoredBlob(tenant_id, blob_id, source.size, source.sha256, sealed_key)

    async def put(self, blob: StoredBlob, source: Source) -> None:
        """Keep it; raises `StoreAway`."""
        pieces = sealing.seal(self._opened_key(blob), source.read(sealing.PIECE_BYTES))
        await self._store.put(_key(blob.tenant_id, blob.id), pieces, sealing.sealed_size(blob.size))

    def get(self, blob: StoredBlob, start: int = 0) -> AsyncGenerator[bytes]:
        """Give its bytes from a place on; raises `BlobGone`, `StoreAway`."""
        first = start // sealing.PIECE_BYTES * sealing.SEALED_PIECE_BYTES
        sealed = self._store.get(_key(blob.tenant_id, blob.id), first)
        return sealing.unseal(self._opened_key(blob), sealed, blob.size, start)

    async def delete(self, blobs: Sequence[tuple[UUID, UUID]]) -> None:
        """Delete blobs, by tenant and id; raises `StoreAway`."""
        await self._store.delete([_key(tenant_id, blob_id) for tenant_id, blob_id in blobs])

    async def delete_all(self, tenant_id: UUID) -> None:
        """Delete everything of a tenant's; raises `StoreAway`."""
        await self._store.delete_all(ids.bare(tenant_id))

    def _opened_key(self, blob: StoredBlob) -> bytes:
        return self._vault.decrypt(blob.sealed_key, purpose=_PURPOSE)


def _key(tenant_id: UUID, blob_id: UUID) -> str:
    return f"{ids.bare(tenant_id)}/{ids.bare(blob_id)}"
