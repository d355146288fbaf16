"""Blobs in object storage that speaks S3."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

import obstore
import obstore.store
from obstore.exceptions import BaseError

from control_plane.core.blobs.store import BlobGone, StoreAway

_PART_BYTES = 5 * 1024 * 1024
"""The least that a part of an upload in several may have, but for the last."""
_PIECES_AT_ONCE = 16
_READ_BYTES = 1024 * 1024
_AT_ONCE = 4
"""Uploads; each holds some parts in memory."""
_PARTS_AT_ONCE = 2
_DELETED_AT_ONCE = 500


class S3Store:
    """A bucket, or what is in one below a prefix."""

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint: str | None = None,
        region: str = "us-east-1",
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
    ) -> None:
        """Open a bucket; without a key, it is asked of the machine that this runs on (IAM)."""
        known = {
            "endpoint": endpoint,
            "access_key_id": access_key_id,
            "secret_access_key": secret_access_key,
        }
        self._bucket = obstore.store.S3Store(
            bucket,
            prefix=prefix or None,
            region=region,
            virtual_hosted_style_request=endpoint is None,
            client_options={
                "allow_http": endpoint is not None and endpoint.startswith("http:"),
                "timeout": timedelta(seconds=60),
                "connect_timeout": timedelta(seconds=5),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
            config={name: value for name, value in known.items() if value is not None},  # type: ignore[arg-type]
        )
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def put(self, key: str, pieces: Iterator[bytes], size: int) -> None:
        """Keep bytes; raises `StoreAway`."""
        async with self._turns:
            with _translated():
                if size <= _PART_BYTES:
                    await obstore.put_async(self._bucket, key, await asyncio.to_thread(b"".join, pieces))
                else:
                    await obstore.put_async(
                        self._bucket,
                        key,
                        _in_threads(pieces),
                        chunk_size=_PART_BYTES,
                        max_concurrency=_PARTS_AT_ONCE,
                    )

    async def get(self, key: str, start: int) -> AsyncGenerator[bytes]:
        """Give the bytes from a place on; raises `BlobGone`, `StoreAway`."""
        with _translated():
            found = await obstore.get_async(self._bucket, key, options={"range": {"offset": start}} if start else None)
            async for some in found.stream(min_chunk_size=_READ_BYTES):
                yield bytes(some)

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete blobs; raises `StoreAway`."""
        with _translated():
            for at in range(0, len(keys), _DELETED_AT_ONCE):
                await obstore.delete_async(self._bucket, keys[at : at + _DELETED_AT_ONCE])

    async def delete_all(self, prefix: str) -> None:
        """Delete everything below a prefix; raises `StoreAway`."""
        with _translated():
            async for some in obstore.list(self._bucket, prefix, chunk_size=_DELETED_AT_ONCE):
                await obstore.delete_async(self._bucket, [each["path"] for each in some])


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BlobGone from error
    except (BaseError, OSError) as error:
        raise StoreAway from error


async def _in_threads(pieces: Iterator[bytes]) -> AsyncGenerator[bytes]:
    while some := await asyncio.to_thread(b"".join, islice(pieces, _PIECES_AT_ONCE)):
        yield some
