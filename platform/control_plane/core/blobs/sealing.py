"""Encrypts in pieces, so that a reader can begin anywhere: AES-256-GCM, each piece with its number as nonce.

A key is used for one blob only, so no nonce comes twice under it; a piece that was moved, changed or taken from another
blob does not open. That pieces are missing at the end shows by the size, which stands in the database.
"""

import os
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import aclosing

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from control_plane.core.blobs.store import BlobGone

PIECE_BYTES = 64 * 1024
_TAG_BYTES = 16
_NONCE_BYTES = 12
SEALED_PIECE_BYTES = PIECE_BYTES + _TAG_BYTES
_DAMAGED = "A blob is not as it was written."


def new_key() -> bytes:
    """Make a key for one blob."""
    return os.urandom(32)


def sealed_size(size: int) -> int:
    """Say how long that is sealed what is so long."""
    return size + -(-size // PIECE_BYTES) * _TAG_BYTES


def seal(key: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Seal pieces of `PIECE_BYTES`."""
    cipher = AESGCM(key)
    return (cipher.encrypt(_nonce(number), piece, None) for number, piece in enumerate(pieces))


async def unseal(key: bytes, sealed: AsyncGenerator[bytes], size: int, start: int) -> AsyncGenerator[bytes]:
    """Open what comes from the piece on in which `start` lies, and give the bytes from there; raises `BlobGone`."""
    if start >= size:
        return  # S3 has no range that is empty
    cipher, number = AESGCM(key), start // PIECE_BYTES
    skipped, left = start % PIECE_BYTES, size - start
    async with aclosing(sealed):
        async for piece in _cut(sealed):
            try:
                opened = cipher.decrypt(_nonce(number), piece, None)[skipped:]
            except InvalidTag as error:
                raise BlobGone(_DAMAGED) from error
            number, skipped, left = number + 1, 0, left - len(opened)
            yield opened
    if left:
        raise BlobGone(_DAMAGED)


async def _cut(sealed: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Cut what comes in any lengths into sealed pieces."""
    rest = b""
    async for some in sealed:
        rest = rest + some if rest else some
        end = len(rest) - len(rest) % SEALED_PIECE_BYTES
        for at in range(0, end, SEALED_PIECE_BYTES):
            yield rest[at : at + SEALED_PIECE_BYTES]
        rest = rest[end:]
    if rest:
        yield rest


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES)
