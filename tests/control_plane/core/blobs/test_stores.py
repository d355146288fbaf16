"""Both places for blobs keep the same promises."""

import asyncio
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from control_plane.core.blobs import BlobGone, Store, StoreAway, open_store
from control_plane.core.blobs.opening import BadBlobsSetting

LARGE = os.urandom(64 * 1024) * 177  # some parts of an upload in several, the last a short one


def pieces(content: bytes) -> Iterator[bytes]:
    return (content[at : at + 65536] for at in range(0, len(content), 65536))


async def read(store: Store, key: str, start: int = 0) -> bytes:
    return b"".join([some async for some in store.get(key, start)])


@pytest.mark.parametrize("content", [b"", b"x", LARGE], ids=["nothing", "one", "large"])
async def test_what_is_kept_is_given_from_any_place_on(store: Store, content: bytes) -> None:
    key = f"tenant/{secrets.token_hex(8)}"
    await store.put(key, pieces(content), len(content))
    assert await read(store, key) == content
    if content:
        assert await read(store, key, len(content) - 1) == content[-1:]


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    await store.put("one/a", pieces(b"a"), 1)
    await store.put("one/b", pieces(b"b"), 1)
    await store.delete(["one/a", "one/never"])
    await store.delete(["one/a"])
    with pytest.raises(BlobGone):
        await read(store, "one/a")
    assert await read(store, "one/b") == b"b"


async def test_all_of_a_tenant_is_deleted_and_nothing_of_others(store: Store) -> None:
    for key in ("ten/a", "ten/b", "tenth/a"):
        await store.put(key, pieces(b"a"), 1)
    await store.delete_all("ten")
    await store.delete_all("ten")
    for key in ("ten/a", "ten/b"):
        with pytest.raises(BlobGone):
            await read(store, key)
    assert await read(store, "tenth/a") == b"a"


async def test_many_are_kept_at_once(store: Store) -> None:
    contents = {f"many/{number}": os.urandom(1000) for number in range(30)}
    await asyncio.gather(*(store.put(key, pieces(content), 1000) for key, content in contents.items()))
    assert dict(zip(contents, await asyncio.gather(*(read(store, key) for key in contents)), strict=True)) == contents


def breaking() -> Iterator[bytes]:
    yield b"a" * 1000
    raise OSError("the source broke")


async def test_half_a_blob_is_none(store: Store) -> None:
    with pytest.raises(StoreAway):
        await store.put("ten/half", breaking(), 2000)
    with pytest.raises(BlobGone):
        await read(store, "ten/half")


async def test_a_directory_is_closed_to_others_and_holds_no_remains(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    store = open_store(str(root))
    await store.put("ten/abcd", pieces(b"a"), 1)
    with pytest.raises(StoreAway):
        await store.put("ten/efcd", breaking(), 2000)
    [file] = [path for path in root.rglob("*") if path.is_file()]
    assert (file.relative_to(root), file.stat().st_mode & 0o777) == (Path("ten/cd/abcd"), 0o600)
    assert root.stat().st_mode & 0o077 == 0


async def test_a_store_that_is_not_there_is_away(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    for setting in (str(tmp_path / "a file"), "s3://key:secret@bucket?endpoint=http://127.0.0.1:9"):
        with pytest.raises(StoreAway):
            await open_store(setting).put("ten/a", pieces(b"a"), 1)


@pytest.mark.parametrize("setting", ["ftp://host", "s3://", "s3:///bucket", "s3://key:secret@bucket?endpont=x"])
def test_a_setting_that_cannot_be_is_refused_without_its_secret(setting: str) -> None:
    with pytest.raises(BadBlobsSetting) as refused:
        open_store(setting)
    assert "secret@bucket?" not in str(refused.value)
