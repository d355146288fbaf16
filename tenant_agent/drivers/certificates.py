"""Which certificate the daemons serve to clients that ask for no host."""

from typing import TypedDict

from tenant_agent.settings import Settings


class TlsFiles(TypedDict):
    """Paths of PEM files; both may be the same."""

    certificate: str
    key: str


def own_certificate(settings: Settings) -> TlsFiles:
    """Give what the control plane sent for the node's own name, or what the operator put there."""
    sent = settings.layout.own_certificate
    if sent.exists():
        return TlsFiles(certificate=str(sent), key=str(sent))
    return TlsFiles(certificate=str(settings.tls_certificate), key=str(settings.tls_key))
