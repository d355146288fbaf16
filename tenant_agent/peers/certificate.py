"""The node's own fleet certificate: made once, with a key that never leaves the node."""

import datetime as dt
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from tenant_agent import wire
from tenant_agent.files import replace_text

log = structlog.get_logger(__name__)

_LIFE = dt.timedelta(days=3650)
_LEAST_LEFT = dt.timedelta(days=365)
_BACKDATED = dt.timedelta(days=1)
"""Clocks of nodes differ."""
_SECRET = 0o600


class FleetCertificate:
    """Key and certificate in one PEM file; whoever wants others deletes it and starts the agent again."""

    def __init__(self, path: Path, pem: str) -> None:
        self.path = path
        self.pem = pem
        """The certificate alone."""

    @classmethod
    def keep(cls, path: Path, node_id: str, now: dt.datetime) -> "FleetCertificate":
        """Read the node's certificate; make one if there is none, it is damaged, another node's, or near its end."""
        found = _read(path, wire.fleet_name(node_id), now)
        if found is None:
            found = _make(path, wire.fleet_name(node_id), now)
            log.info("fleet_certificate.made", name=wire.fleet_name(node_id))
        return cls(path, found)


def _read(path: Path, name: str, now: dt.datetime) -> str | None:
    try:
        data = path.read_bytes()
        key = load_pem_private_key(data, None)
        certificate = x509.load_pem_x509_certificate(data)
    except (OSError, ValueError, TypeError):
        return None
    is_ours = certificate.public_key() == key.public_key() and certificate.subject == _called(name)
    is_fresh = certificate.not_valid_after_utc - now > _LEAST_LEFT
    return certificate.public_bytes(Encoding.PEM).decode() if is_ours and is_fresh else None


def _make(path: Path, name: str, now: dt.datetime) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = _signed(key, name, now).public_bytes(Encoding.PEM).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    replace_text(path, private + pem, mode=_SECRET)
    return pem


def _signed(key: ec.EllipticCurvePrivateKey, name: str, now: dt.datetime) -> x509.Certificate:
    """Sign the key with itself. It may vouch for nobody else; with a key usage OpenSSL would not take it as a root."""
    builder = x509.CertificateBuilder(
        issuer_name=_called(name),
        subject_name=_called(name),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - _BACKDATED,
        not_valid_after=now + _LIFE,
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
