"""Certificates made on the spot."""

import datetime as dt
from collections.abc import Sequence

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


class Made(msgspec.Struct, frozen=True):
    """A certificate as the front is given it."""

    names: tuple[str, ...]
    chain: str
    private_key: str
    changed_at: dt.datetime = NOW

    @property
    def der(self) -> bytes:
        """What a client sees of it."""
        return x509.load_pem_x509_certificate(self.chain.encode()).public_bytes(serialization.Encoding.DER)


def make(*names: str, later: float = 0, rsa_bits: int = 0) -> Made:
    """Make a certificate, signed by itself; `later` orders it after others, in seconds."""
    key = rsa.generate_private_key(65_537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    alternatives: Sequence[x509.GeneralName] = [x509.DNSName(each) for each in names]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return Made(names, chain, private.decode(), NOW + dt.timedelta(seconds=later))
