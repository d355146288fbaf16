"""The other nodes of the fleet: how this one shows itself to them, and how it knows them.

Each node makes a key and a certificate for itself. The control plane tells all of them which certificate is whose, and
a node speaks with whoever shows that very one: there is no authority between them that could be fooled.
"""

from tenant_agent.peers.book import PeerBook
from tenant_agent.peers.certificate import FleetCertificate

__all__ = ["FleetCertificate", "PeerBook"]
