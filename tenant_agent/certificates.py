"""Whether a certificate can be served, and which one is when several name the same host: pure."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tenant_agent import identifiers, wire
from tenant_agent.identifiers import Unfit

_MOST_NAMES = 100
_LONGEST_PEM = 64 * 1024
_LONGEST_CHAIN = 10
_RSA_BITS = range(2048, 8193)  # OpenSSL at Debian's security level takes no shorter ones
_WEAK_HASHES = (hashes.MD5, hashes.SHA1)
_NOT_READ = (
    ValueError,
    TypeError,
    NotImplementedError,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for what is broken, and for what it does not know."""

_PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Fit(NamedTuple):
    """A certificate that the daemons can serve."""

    names: tuple[str, ...]
    not_before: dt.datetime
    pem: str
    """The private key, the certificate and its issuers, in the order in which Postfix wants them."""


def check(item: wire.CertificateItem, now: dt.datetime) -> Fit:
    """Check a certificate as if it came from an enemy; raises `Unfit`, with nothing of the key in the reason."""
    names = _names(item)
    chain, key = _chain(item.chain), _key(item.private_key)
    leaf = chain[0]
    if _public_bytes(leaf) != key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise Unfit("the private key does not belong to the certificate")
    if _is_weakly_signed(leaf):
        raise Unfit("the certificate is signed with a hash that clients refuse")
    if leaf.not_valid_after_utc <= now:
        raise Unfit(f"the certificate expired at {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC")
    if missing := sorted(set(names) - {name for name in names if _covers(leaf, name)}):
        raise Unfit(f"the certificate is not for {missing[0]}")
    return Fit(names, leaf.not_valid_before_utc, _pem(key, chain))


def served(fits: Iterable[Fit]) -> dict[str, str]:
    """Give what is served for each host: of several, the one that is valid from later on."""
    winners: dict[str, Fit] = {}
    for fit in fits:
        for name in fit.names:
            rival = winners.get(name)
            if rival is None or _rank(fit) > _rank(rival):
                winners[name] = fit
    return {name: fit.pem for name, fit in winners.items()}


def _rank(fit: Fit) -> tuple[dt.datetime, tuple[str, ...], str]:
    return fit.not_before, fit.names, fit.pem


def _names(item: wire.CertificateItem) -> tuple[str, ...]:
    if not 1 <= len(item.names) <= _MOST_NAMES:
        raise Unfit(f"a certificate has between 1 and {_MOST_NAMES} names")
    return tuple(identifiers.domain(name) for name in item.names)


def _chain(text: str) -> list[x509.Certificate]:
    try:
        chain = x509.load_pem_x509_certificates(_bounded(text))
    except ValueError as error:
        raise Unfit("the chain is not certificates in PEM") from error
    if len(chain) > _LONGEST_CHAIN:
        raise Unfit(f"the chain has more than {_LONGEST_CHAIN} certificates")
    return chain


def _key(text: str) -> _PrivateKey:
    try:
        # Its numbers are compared with the certificate's; checking them for being prime takes far longer.
        key = load_pem_private_key(_bounded(text), None, unsafe_skip_rsa_key_validation=True)
    except _NOT_READ as error:
        raise Unfit("the private key is not PEM without a password") from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size in _RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        return key
    raise Unfit("the private key is neither RSA of 2048 to 8192 bits nor of the curves P-256 and P-384")


def _bounded(text: str) -> bytes:
    if len(text) > _LONGEST_PEM or not text.isascii():
        raise ValueError
    return text.encode()


def _public_bytes(leaf: x509.Certificate) -> bytes:
    try:
        return leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except _NOT_READ as error:
        raise Unfit("the certificate's key cannot be read") from error


def _is_weakly_signed(leaf: x509.Certificate) -> bool:
    try:
        return isinstance(leaf.signature_hash_algorithm, _WEAK_HASHES)
    except UnsupportedAlgorithm as error:
        raise Unfit("the certificate is signed in a way that is not known") from error


def _covers(leaf: x509.Certificate, name: str) -> bool:
    """Say whether a client that asked for the name takes the certificate (RFC 6125 §6.4.3)."""
    try:
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _NOT_READ:
        return False
    said = {text.lower() for text in alternatives.get_values_for_type(x509.DNSName)}
    return bool({name, "*." + name.partition(".")[2]} & said)


def _pem(key: _PrivateKey, chain: Iterable[x509.Certificate]) -> str:
    """Write everything anew, so that nothing else that stood in the text reaches a daemon."""
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return b"".join([private, *(certificate.public_bytes(Encoding.PEM) for certificate in chain)]).decode()
