"""Carries bytes between the machine's loopback and the lab's namespaces, and ends TLS in front of the control plane.

A socket stays in the network namespace that its thread was in when it was made, so one process can listen in one
namespace and connect in another: `python -m e2e.lab.gate FILE`, where the file lists the passages as JSON.
"""

import asyncio
import ctypes
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

_CLONE_NEWNET = 0x40000000
_CHUNK_OCTETS = 256 * 1024
_OWN_NAMESPACE = "/proc/self/ns/net"
_libc = ctypes.CDLL(None, use_errno=True)


class End(msgspec.Struct, frozen=True):
    """An address and port, in a namespace given as a file or, if None, in the machine's own."""

    address: str
    port: int
    namespace: str | None = None


class Passage(msgspec.Struct, frozen=True):
    """Who connects to `entry` talks to `exit`; with a certificate (and key), TLS ends at the entry."""

    entry: End
    exit: End
    certificate: str | None = None
    key: str | None = None


@contextmanager
def _inside(namespace: str | None) -> Iterator[None]:
    if namespace is None:
        yield
        return
    home = os.open(_OWN_NAMESPACE, os.O_RDONLY)
    away = os.open(namespace, os.O_RDONLY)
    try:
        _set_namespace(away)
        yield
    finally:
        _set_namespace(home)
        os.close(away)
        os.close(home)


def _set_namespace(handle: int) -> None:
    if _libc.setns(handle, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def make_socket(namespace: str | None) -> socket.socket:
    """Make a TCP socket that belongs to a namespace."""
    with _inside(namespace):
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)


def _listen(end: End) -> socket.socket:
    listening = make_socket(end.namespace)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((end.address, end.port))
    return listening


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError, TimeoutError):
        while chunk := await reader.read(_CHUNK_OCTETS):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
            return
    writer.close()


async def _connect(end: End) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    going = make_socket(end.namespace)
    try:
        await asyncio.get_running_loop().sock_connect(going, (end.address, end.port))
    except OSError:
        going.close()
        raise
    return await asyncio.open_connection(sock=going)


async def open_passage(passage: Passage) -> asyncio.Server:
    """Listen at the entry; every connection gets one of its own to the exit."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await _connect(passage.exit)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        for side in (writer, far_writer):
            side.close()

    tls = None
    if passage.certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(passage.certificate, passage.key)
    return await asyncio.start_server(connected, sock=_listen(passage.entry), ssl=tls)


async def _run(passages: list[Passage]) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    opened = [await open_passage(passage) for passage in passages]
    print(f"{len(opened)} passages are open", flush=True)
    await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_run(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[Passage])))
