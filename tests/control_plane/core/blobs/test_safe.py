"""Blobs are encrypted, each with a key of its own, and nobody is given what was changed."""

import os
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from control_plane.core import ids
from control_plane.core.blobs import BlobGone, Blobs, InMemory, Store, StoredBlob, open_store
from control_plane.core.crypto import DecryptionFailed, Vault, new_vault_key

TENANT = UUID(int=1)
PIECE = 64 * 1024
VAULT = Vault.from_text(new_vault_key("test"))


def files_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


async def kept(blobs: Blobs, content: bytes) -> StoredBlob:
    blob = blobs.describe(TENANT, ids.new_uuid(), InMemory(content))
    await blobs.put(blob, InMemory(content))
    return blob


async def read(blobs: Blobs, blob: StoredBlob, start: int = 0) -> bytes:
    return b"".join([some async for some in blobs.get(blob, start)])


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 7])
async def test_it_is_read_from_any_place_on(store: Store, size: int) -> None:
    content, blobs = os.urandom(size), Blobs(store, VAULT)
    blob = await kept(blobs, content)
    assert (blob.size, blob.sha256) == (size, InMemory(content).sha256)
    for start in {0, 1, PIECE - 1, PIECE, PIECE + 1, size - 1, size} & set(range(size + 1)):
        assert await read(blobs, blob, start) == content[start:]


async def test_it_lies_encrypted(tmp_path: Path) -> None:
    blobs = Blobs(open_store(str(tmp_path)), VAULT)
    await kept(blobs, b"a secret " * 10_000)
    [file] = files_in(tmp_path)
    assert b"secret" not in file.read_bytes()


async def test_two_of_the_same_content_lie_differently(tmp_path: Path) -> None:
    blobs = Blobs(open_store(str(tmp_path)), VAULT)
    first, second = await kept(blobs, b"same"), await kept(blobs, b"same")
    assert first.sealed_key != second.sealed_key
    one, other = [path.read_bytes() for path in files_in(tmp_path)]
    assert one != other


async def test_what_was_changed_cut_or_moved_is_not_given(tmp_path: Path) -> None:
    blobs, content = Blobs(open_store(str(tmp_path)), VAULT), os.urandom(3 * PIECE)
    blob = await kept(blobs, content)
    [file] = files_in(tmp_path)
    sealed, piece = file.read_bytes(), PIECE + 16
    for changed in (
        sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
        sealed[:-1],
        sealed[: 2 * piece],  # whole pieces are missing
        sealed[piece : 2 * piece] + sealed[:piece] + sealed[2 * piece :],
    ):
        file.write_bytes(changed)
        with pytest.raises(BlobGone):
            await read(blobs, blob)


async def test_another_vault_opens_nothing(tmp_path: Path) -> None:
    blob = await kept(Blobs(open_store(str(tmp_path)), VAULT), b"mine")
    other = Blobs(open_store(str(tmp_path)), Vault.from_text(new_vault_key("test")))
    with pytest.raises(DecryptionFailed):
        other.get(blob)


async def test_another_tenants_blob_has_another_name(tmp_path: Path) -> None:
    blobs = Blobs(open_store(str(tmp_path)), VAULT)
    blob = await kept(blobs, b"mine")
    with pytest.raises(BlobGone):
        await read(blobs, replace(blob, tenant_id=UUID(int=2)))
