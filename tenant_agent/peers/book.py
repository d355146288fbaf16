"""Who the other nodes are, and the TLS by which the agent speaks with them: both sides show their certificates."""

import datetime as dt
import ssl

import structlog

from tenant_agent import identifiers, wire
from tenant_agent.identifiers import Unfit
from tenant_agent.peers.certificate import FleetCertificate

log = structlog.get_logger(__name__)


class PeerBook:
    """The peers by their certificates; a peer whose certificate is unfit is none."""

    def __init__(self, own: FleetCertificate) -> None:
        self._own = own
        self._peers: dict[str, wire.Peer] = {}
        self._by_fingerprint: dict[str, wire.Peer] = {}
        self._server = self._context(ssl.PROTOCOL_TLS_SERVER)

    def learn(self, item: wire.PeersItem, now: dt.datetime) -> None:
        """Know these peers from now on, and no others."""
        self._peers = {peer.node_id: peer for peer in fit_peers(item, now)}
        self._by_fingerprint = {}
        for peer in self._peers.values():
            self._by_fingerprint[wire.fingerprint_of(wire.der_of(peer.certificate))] = peer
            self._server.load_verify_locations(cadata=peer.certificate)

    def peer(self, node_id: str) -> wire.Peer | None:
        """Give a peer by its id."""
        return self._peers.get(node_id)

    def peer_of(self, certificate: bytes | None) -> wire.Peer | None:
        """Name the peer that showed this certificate (DER, as `SSLObject.getpeercert(binary_form=True)` gives it).

        Whoever accepts connections must ask: a context that once learnt of a peer lets it in for as long as it lives.
        """
        return None if certificate is None else self._by_fingerprint.get(wire.fingerprint_of(certificate))

    def client_context(self, peer: wire.Peer) -> ssl.SSLContext:
        """Give the context for connections to this peer: nobody else's certificate is accepted, whatever its name."""
        context = self._context(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=peer.certificate)
        return context

    def server_context(self) -> ssl.SSLContext:
        """Give the one context for listeners; it learns of new peers by itself."""
        return self._server

    def _context(self, protocol: int) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False  # the certificate itself is known, which is more
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(self._own.path)
        return context


def fit_peers(item: wire.PeersItem, now: dt.datetime) -> list[wire.Peer]:
    """Give the peers whose certificates are fit to be trusted."""
    fit: list[wire.Peer] = []
    for peer in item.peers:
        try:
            wire.fit_certificate(peer.certificate, peer.node_id, now)
            identifiers.ip_address(peer.service_address)
            identifiers.domain(wire.fleet_name(peer.node_id))
        except (wire.UnfitCertificate, Unfit) as error:
            log.warning("peer.passed_over", peer=peer.name[:80], reason=str(error))
        else:
            fit.append(peer)
    return fit
