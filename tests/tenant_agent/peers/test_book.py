import asyncio
import ssl
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.peers import FleetCertificate, PeerBook
from tests.tenant_agent.peers.fleet import NOW, book, certificate, peer


async def speak(server: PeerBook, client: ssl.SSLContext) -> str | None:
    """Connect, and give which peer the server takes the client for."""
    named: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        found = server.peer_of(shown)
        named.set_result(None if found is None else found.node_id)
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server.server_context())
    async with listener:
        reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname(), ssl=client)
        await reader.read()
        writer.close()
        if not named.done():
            raise ConnectionError("the server ended the handshake")
        return named.result()


@pytest.fixture
def first(tmp_path: Path) -> FleetCertificate:
    return certificate(tmp_path, "nod_first")


@pytest.fixture
def second(tmp_path: Path) -> FleetCertificate:
    return certificate(tmp_path, "nod_second")


async def test_two_nodes_know_each_other_by_their_certificates(
    first: FleetCertificate, second: FleetCertificate
) -> None:
    there = peer(second, "nod_second")
    client = book(first, there).client_context(there)
    assert await speak(book(second, peer(first, "nod_first")), client) == "nod_first"


async def test_a_stranger_is_not_let_in(first: FleetCertificate, second: FleetCertificate, tmp_path: Path) -> None:
    there = peer(second, "nod_second")
    stranger = book(certificate(tmp_path, "nod_third"), there)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await speak(book(second, peer(first, "nod_first")), stranger.client_context(there))


async def test_a_node_is_not_taken_for_another_one(
    first: FleetCertificate, second: FleetCertificate, tmp_path: Path
) -> None:
    third = certificate(tmp_path, "nod_third")
    everybody = (peer(second, "nod_second"), peer(third, "nod_third"))
    client = book(first, *everybody).client_context(everybody[1])
    with pytest.raises(ssl.SSLCertVerificationError):
        await speak(book(second, peer(first, "nod_first")), client)


async def test_a_listener_learns_of_new_peers_and_forgets_others(
    first: FleetCertificate, second: FleetCertificate
) -> None:
    there = peer(second, "nod_second")
    client = book(first, there).client_context(there)
    server = book(second)
    known = wire.PeersItem(peers=(peer(first, "nod_first"),))
    server.learn(known, NOW)
    server.learn(known, NOW)  # as after any change of another peer
    assert await speak(server, client) == "nod_first"
    server.learn(wire.PeersItem(peers=()), NOW)
    assert await speak(server, client) is None


def test_who_shows_the_certificate_of_another_is_no_peer(first: FleetCertificate, second: FleetCertificate) -> None:
    known = book(first, peer(second, "nod_third"))
    assert known.peer("nod_third") is None
    assert known.peer_of(wire.der_of(second.pem)) is None
