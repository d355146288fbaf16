"""Keys and certificates as PEM: made, asked for, and read."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

NOT_READ = (
    ValueError,
    TypeError,
    NotImplementedError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for what is broken, and for what it does not know."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a certificate."""

    names: tuple[str, ...]
    issuer: str
    key_type: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


def new_key() -> bytes:
    """Make a key on P-256, which every mail program of the last decade understands; PEM (PKCS #8)."""
    return pem_of_key(ec.generate_private_key(ec.SECP256R1()))


def pem_of_key(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Write a key as PEM (PKCS #8)."""
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def signing_request(private_key: bytes, names: Sequence[str]) -> x509.CertificateSigningRequest:
    """Ask for a certificate for these names, none of them in the subject (CA/Browser Forum BR §7.1.4.2.2)."""
    private = serialization.load_pem_private_key(private_key, password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.add_extension(alternatives, critical=False).sign(private, hashes.SHA256())


def first_of(chain: str) -> x509.Certificate:
    """Read the certificate itself out of a chain."""
    return x509.load_pem_x509_certificates(chain.encode())[0]


def facts(certificate: x509.Certificate) -> Facts:
    """Say what is said of a certificate."""
    return Facts(
        names=names_of(certificate),
        issuer=issuer_of(certificate),
        key_type=key_type_of(certificate.public_key()),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """List the host names that a certificate is for; the subject's common name has no say (RFC 9525 §2)."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.lower() for name in alternatives.get_values_for_type(x509.DNSName))


def issuer_of(certificate: x509.Certificate) -> str:
    """Name who issued it: the organisation, else the common name."""
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        found = certificate.issuer.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value).replace("\0", "")[:200]
    return ""


def key_type_of(public: CertificatePublicKeyTypes) -> str:
    """Name the kind of a key, as in `RSA 2048`."""
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA {public.key_size}"
    if isinstance(public, ec.EllipticCurvePublicKey):
        return f"ECDSA {public.curve.name}"
    return type(public).__name__.strip("_").removesuffix("PublicKey")


def belong_together(chain: str, private_key: bytes) -> bool:
    """Say whether the key is that of the chain's first certificate."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = serialization.load_pem_private_key(private_key, password=None)
    return private.public_key().public_bytes(*form) == first_of(chain).public_key().public_bytes(*form)
