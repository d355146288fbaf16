"""Some nodes that know each other."""

import datetime as dt
from pathlib import Path

from tenant_agent import wire
from tenant_agent.peers import FleetCertificate, PeerBook

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def certificate(directory: Path, node_id: str) -> FleetCertificate:
    return FleetCertificate.keep(directory / f"{node_id}.pem", node_id, NOW)


def peer(shown: FleetCertificate, node_id: str) -> wire.Peer:
    return peer_of(shown.pem, node_id, "127.0.0.1")


def peer_of(certificate: str, node_id: str, address: str) -> wire.Peer:
    name = node_id.removeprefix("nod_")
    return wire.Peer(
        node_id=node_id,
        name=name,
        hostname=f"{name}.fleetpost.test",
        service_address=address,
        roles=("outbound", "mx", "mailbox"),
        certificate=certificate,
    )


def book(own: FleetCertificate, *peers: wire.Peer) -> PeerBook:
    made = PeerBook(own)
    made.learn(wire.PeersItem(peers=peers), NOW)
    return made
