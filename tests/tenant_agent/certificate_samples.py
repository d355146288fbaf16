"""Certificates as the control plane would send them: signed by themselves, good for one day unless said otherwise."""

import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tenant_agent import wire

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
HOUR = dt.timedelta(hours=1)


@cache
def some_key() -> ec.EllipticCurvePrivateKey:
    """Give a key that all of a run's certificates may share."""
    return ec.generate_private_key(ec.SECP256R1())


def pem_of(key: Key) -> str:
    """Write a private key as the control plane does."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def chain_for(
    *alternatives: str,
    key: Key | None = None,
    begins: dt.timedelta = -HOUR,
    ends: dt.timedelta = dt.timedelta(days=1),
    alternative: x509.ExtensionType | None = None,
) -> str:
    """Make a certificate for these alternative names; `begins` and `ends` count from now."""
    used = key or some_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=used.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW + begins,
        not_valid_after=NOW + ends,
    )
    if alternatives:
        names = x509.SubjectAlternativeName([x509.DNSName(each) for each in alternatives])
        builder = builder.add_extension(names, critical=False)
    if alternative is not None:
        builder = builder.add_extension(alternative, critical=False)
    algorithm = None if isinstance(used, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(used, algorithm).public_bytes(Encoding.PEM).decode()


def certificate(*names: str, begins: dt.timedelta = -HOUR, key: Key | None = None) -> wire.CertificateItem:
    """Make a certificate's item."""
    return wire.CertificateItem(
        names=names, chain=chain_for(*names, begins=begins, key=key), private_key=pem_of(key or some_key())
    )
