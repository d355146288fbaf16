"""What a node's fleet certificate must be like, for whoever passes it on and whoever trusts it."""

import datetime as dt
import hashlib
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

LONGEST_PEM: Final = 1_900
"""A P-256 certificate has about 750 characters."""
_NOT_READ = (ValueError, TypeError, UnsupportedAlgorithm, x509.ExtensionNotFound, x509.DuplicateExtension)


class UnfitCertificate(ValueError):
    """It cannot stand for a node; the message says why."""


def fleet_name(node_id: str) -> str:
    """Give the one name that a node's certificate is for, by its id; `internal` is no domain of the DNS."""
    return f"{node_id.replace('_', '-').lower()}.fleet.internal"


def fit_certificate(pem: str, node_id: str, now: dt.datetime) -> str:
    """Check a certificate as if it came from an enemy and write it anew; raises `UnfitCertificate`.

    Whoever trusts it as a root must trust nobody else by that: it is for the node's one name, and may sign nothing.
    """
    certificate = _read(pem)
    if certificate.not_valid_after_utc <= now:
        raise UnfitCertificate(f"it expired at {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC")
    try:
        names, may_sign, key = _names(certificate), _may_sign(certificate), certificate.public_key()
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature as error:
        raise UnfitCertificate("it is not signed by itself") from error
    except _NOT_READ as error:
        raise UnfitCertificate("parts of it cannot be read") from error
    if names != {fleet_name(node_id)}:
        raise UnfitCertificate("it is for another name than the node's")
    if may_sign:
        raise UnfitCertificate("it may sign others")
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise UnfitCertificate("its key is not of the curve P-256")
    return certificate.public_bytes(Encoding.PEM).decode()


def fingerprint_of(der: bytes) -> str:
    """Give the SHA-256 of a certificate, as Postfix looks it up: lower-case hexadecimal with colons."""
    return hashlib.sha256(der).digest().hex(":")


def der_of(pem: str) -> bytes:
    """Give a certificate's bytes; raises `UnfitCertificate`."""
    return _read(pem).public_bytes(Encoding.DER)


def _read(pem: str) -> x509.Certificate:
    if len(pem) > LONGEST_PEM or not pem.isascii():
        raise UnfitCertificate("it is not one certificate in PEM")
    try:
        (certificate,) = x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise UnfitCertificate("it is not one certificate in PEM") from error
    return certificate


def _names(certificate: x509.Certificate) -> set[str]:
    said = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in alternatives} | {str(name) for name in said}


def _may_sign(certificate: x509.Certificate) -> bool:
    return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
