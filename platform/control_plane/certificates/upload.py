"""A customer's own certificate: whether it can be served, and if not, what is wrong with which field."""

import ssl
import warnings
from collections.abc import Collection
from datetime import datetime
from itertools import pairwise

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from control_plane.certificates import keys, names
from control_plane.core.errors import FieldError, Invalid
from control_plane.mail_domains.names import NotADomain

_CHAIN, _KEY = "chain", "private_key"
_MOST_CERTIFICATES = 8
_MOST_NAMES = 100
_RSA_BITS = range(2048, 8193)
_CURVES = (ec.SECP256R1, ec.SECP384R1)
_WEAK = (hashes.MD5, hashes.SHA1)


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that can be served."""

    chain: str
    """PEM: the certificate, then its issuers, without the root."""
    private_key: bytes
    """PEM (PKCS #8)."""
    facts: keys.Facts


def check(chain: str, private_key: str, proven: Collection[str], now: datetime) -> Upload:
    """Check a certificate with its issuers and its key; raises `Invalid` with a sentence at the field."""
    certificates = _read_chain(chain)
    private = _read_key(private_key)
    certificate = certificates[0]
    _check_pair(certificate, private)
    _check_use(certificate, now)
    issuers = _checked_issuers(certificates, now)
    found = msgspec.structs.replace(keys.facts(certificate), names=_checked_names(certificate, proven))
    pem = "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in (certificate, *issuers))
    return Upload(chain=pem, private_key=keys.pem_of_key(private), facts=found)


def _refuse(field: str, sentence: str) -> Invalid:
    return Invalid(errors=(FieldError(field, sentence),))


def _read_chain(chain: str) -> list[x509.Certificate]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd but readable is judged below
            found = x509.load_pem_x509_certificates(chain.encode())
    except keys.NOT_READ as error:
        raise _refuse(
            _CHAIN, "This is not a certificate in PEM form: paste -----BEGIN CERTIFICATE----- and so on."
        ) from error
    if len(found) > _MOST_CERTIFICATES:
        raise _refuse(_CHAIN, f"Give the certificate and its issuers only, {_MOST_CERTIFICATES} at most.")
    return found


def _read_key(private_key: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    try:
        found = serialization.load_pem_private_key(private_key.encode(), password=None)
    except TypeError as error:
        raise _refuse(_KEY, "The key is protected by a password: remove that first (openssl pkey).") from error
    except keys.NOT_READ as error:
        raise _refuse(
            _KEY, "This is not a private key in PEM form: paste -----BEGIN PRIVATE KEY----- and so on."
        ) from error
    if isinstance(found, rsa.RSAPrivateKey) and found.key_size in _RSA_BITS:
        return found
    if isinstance(found, ec.EllipticCurvePrivateKey) and isinstance(found.curve, _CURVES):
        return found
    raise _refuse(_KEY, "Use an RSA key of 2048 to 8192 bits or an ECDSA key on P-256 or P-384: others are not served.")


def _check_pair(certificate: x509.Certificate, private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        theirs = certificate.public_key().public_bytes(*form)
    except keys.NOT_READ as error:
        raise _refuse(_CHAIN, "The certificate's key is of a kind that is not served: use RSA or ECDSA.") from error
    if theirs != private.public_key().public_bytes(*form):
        raise _refuse(_KEY, "The key does not belong to this certificate: the first one of the chain must be your own.")


def _check_use(certificate: x509.Certificate, now: datetime) -> None:
    if certificate.not_valid_after_utc <= now:
        raise _refuse(_CHAIN, f"The certificate expired on {certificate.not_valid_after_utc:%d %B %Y}.")
    if certificate.not_valid_before_utc > now:
        raise _refuse(_CHAIN, f"The certificate is not valid before {certificate.not_valid_before_utc:%d %B %Y}.")
    if _is_weak(certificate):
        raise _refuse(_CHAIN, "The certificate is signed with SHA-1 or MD5, which nobody trusts any more.")
    if not _may_serve(certificate):
        raise _refuse(_CHAIN, "The certificate is not meant for servers (TLS Web Server Authentication).")


def _is_weak(certificate: x509.Certificate) -> bool:
    try:
        return isinstance(certificate.signature_hash_algorithm, _WEAK)
    except UnsupportedAlgorithm:
        return True


def _may_serve(certificate: x509.Certificate) -> bool:
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except keys.NOT_READ as error:
        raise _refuse(_CHAIN, "The certificate's extensions cannot be read: mail programs would refuse it.") from error
    return ExtendedKeyUsageOID.SERVER_AUTH in usages or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usages


def _checked_issuers(certificates: list[x509.Certificate], now: datetime) -> list[x509.Certificate]:
    """Give the issuers without the root; each must have signed the one before it."""
    if _is_self_signed(certificates[0]):
        raise _refuse(_CHAIN, "The certificate is signed by itself: mail programs would warn of it.")
    for below, above in pairwise(certificates):
        if not _signed_by(below, above):
            raise _refuse(
                _CHAIN,
                f"{_subject(above)} did not issue {_subject(below)}: put each issuer right after what it issued.",
            )
        if above.not_valid_after_utc <= now:
            raise _refuse(_CHAIN, f"The issuer {_subject(above)} expired: get its present certificate.")
    last = certificates[-1]
    if _is_self_signed(last):
        return certificates[1:-1]
    if not _is_known_root(last.issuer):
        raise _refuse(
            _CHAIN, f"The chain is not complete: the certificate of {_of(last.issuer)} is missing. Append it."
        )
    return certificates[1:]


def _signed_by(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (*keys.NOT_READ, InvalidSignature):
        return False
    return True


def _is_self_signed(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject and _signed_by(certificate, certificate)


def _is_known_root(issuer: x509.Name) -> bool:
    return issuer in _known_roots()


def _known_roots() -> frozenset[x509.Name]:
    """Name the roots that this system trusts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ssl.create_default_context().get_ca_certs(binary_form=True)
        roots = [x509.load_der_x509_certificate(each) for each in found]
    return frozenset(root.subject for root in roots)


def _checked_names(certificate: x509.Certificate, proven: Collection[str]) -> tuple[str, ...]:
    try:
        found = keys.names_of(certificate)
    except keys.NOT_READ as error:
        raise _refuse(_CHAIN, "The certificate's list of names cannot be read.") from error
    if not found:
        raise _refuse(_CHAIN, "The certificate names no host (subject alternative name).")
    if len(found) > _MOST_NAMES:
        raise _refuse(_CHAIN, f"The certificate names {len(found)} hosts; {_MOST_NAMES} is the most that is served.")
    return tuple(dict.fromkeys(_checked_name(name, proven) for name in found))


def _checked_name(name: str, proven: Collection[str]) -> str:
    try:
        known = names.normalise(name)
    except NotADomain as error:
        raise _refuse(_CHAIN, f"The certificate names {name[:253]!r}, which is not a host name.") from error
    if names.domain_of(known, proven) is None:
        raise not_yours(known)
    return known


def not_yours(name: str) -> Invalid:
    """Refuse a certificate for a name that is not the tenant's."""
    return _refuse(_CHAIN, f"The certificate is also for {name}, which is not below a proven domain of yours.")


def _subject(certificate: x509.Certificate) -> str:
    return _of(certificate.subject)


def _of(name: x509.Name) -> str:
    return name.rfc4514_string().replace("\0", "")[:200] or "an issuer without a name"
