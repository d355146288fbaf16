"""The certificate for clients that name no host: the installation's own, or one made here that nobody trusts."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from control_plane.front.certificates import join
from control_plane.front.options import FrontOptions

_LIFE = dt.timedelta(days=3650)
_MOST_CHARACTERS = 64
"""Of a common name (RFC 5280, A.1)."""


def default_certificate(options: FrontOptions, host: str, now: dt.datetime) -> str:
    """Give the default certificate with its key; raises `OSError`, `Unservable` when the files given are no good."""
    if options.certificate:
        chain = Path(options.certificate).read_text()
        return join(chain, Path(options.key).read_text() if options.key else chain)
    return _own(host or "fleetpost", now)


def _own(host: str, now: dt.datetime) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:_MOST_CHARACTERS])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return join(certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode())
