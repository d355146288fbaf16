"""How mail and logins are passed to other nodes, in the words of Postfix and Dovecot: pure text."""

from collections.abc import Iterable

from tenant_agent import wire

TRANSPORT = "fleet"
"""Postfix's transport to other nodes."""

UNKNOWN_WAY = "retry:4.3.2 The host of this mailbox is not known just now"
"""Transport of mail for a mailbox on a node that is not among the peers: Postfix keeps it."""


def next_hop(address: str) -> str:
    """Write a node's address as Postfix's next hop, for which it asks no DNS."""
    return f"[{address}]"


def way_to(address: str) -> str:
    """Give the transport of mail for a mailbox on the node at this address (transport(5))."""
    return f"{TRANSPORT}:{next_hop(address)}"


def fingerprint(peer: wire.Peer) -> str:
    """Give what Postfix looks up when a peer has shown its certificate."""
    return wire.fingerprint_of(wire.der_of(peer.certificate))


def policy_for(peer: wire.Peer) -> str:
    """Demand this very certificate of a peer (TLS_README, fingerprint)."""
    return f"fingerprint match={fingerprint(peer)}"


def login_fields(node_id: str, address: str) -> str:
    """Give the passwd fields by which Dovecot passes a login on, once it has checked the password itself.

    The name is asked for and looked for in the certificate; the address is where it connects.
    """
    return f"proxy=y host={wire.fleet_name(node_id)} hostip={address} "


def roots(peers: Iterable[wire.Peer]) -> str:
    """Give the certificates of all peers: each vouches for its own name, and for no other."""
    return "".join(peer.certificate for peer in peers)


def login_settings(node_id: str, peers: Iterable[wire.Peer]) -> str:
    """Give Dovecot's settings; it reads files beside the one that names them.

    Login processes live in a chroot and read no `ssl_client_ca_file`, so the certificates are part of the
    configuration. Peers say who the client is, and are believed.
    """
    return f"""\
ssl_ca = <peers.pem
login_trusted_networks = {" ".join(peer.service_address for peer in peers)}
local_name {wire.fleet_name(node_id)} {{
  ssl_cert = <../tls/fleet.pem
  ssl_key = <../tls/fleet.pem
}}
"""
