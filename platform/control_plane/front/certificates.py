"""Certificates as HAProxy takes them: checked, one file each, every host name in exactly one of them; pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_HOST = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MOST_CHARACTERS = 253
_NAME_CHARACTERS = 40
_PEM = serialization.Encoding.PEM


class Unservable(ValueError):
    """A certificate cannot be served; the text says why and holds nothing of its key."""


class FrontCertificate(Protocol):
    """What the front is given: host names, the chain in PEM, its private key in PEM."""

    @property
    def names(self) -> Sequence[str]: ...
    @property
    def chain(self) -> str: ...
    @property
    def private_key(self) -> str: ...
    @property
    def changed_at(self) -> datetime: ...


class Bundle(msgspec.Struct, frozen=True):
    """A certificate ready to be served; its file is named for its hosts, so that a renewed one takes its place."""

    hosts: tuple[str, ...]
    pem: str

    @property
    def file(self) -> str:
        """Name its file."""
        return hashlib.sha256(" ".join(self.hosts).encode()).hexdigest()[:_NAME_CHARACTERS] + ".pem"

    def __repr__(self) -> str:
        return f"Bundle({self.hosts})"  # the key stays out of logs


class LeftOut(msgspec.Struct, frozen=True):
    """A certificate that cannot be served, and why."""

    names: tuple[str, ...]
    reason: str


class Collection(msgspec.Struct, frozen=True):
    """All that is to be served, by file name, and what is left out."""

    bundles: dict[str, Bundle]
    left_out: tuple[LeftOut, ...] = ()


def collect(certificates: Iterable[FrontCertificate]) -> Collection:
    """Check every certificate; of several for one host the newest wins. One that is broken harms no other."""
    bundles: dict[str, Bundle] = {}
    left_out: list[LeftOut] = []
    taken: set[str] = set()
    for certificate in sorted(certificates, key=lambda each: each.changed_at, reverse=True):
        names = tuple(name.lower() for name in certificate.names)
        hosts = tuple(sorted({name for name in names if _is_host(name)} - taken))
        try:
            bundle = Bundle(hosts, join(certificate.chain, certificate.private_key))
        except Unservable as error:
            left_out.append(LeftOut(names, str(error)))
            continue
        if hosts:  # else a newer one has them all
            bundles[bundle.file] = bundle
            taken.update(hosts)
    return Collection(bundles, tuple(left_out))


def join(chain: str, private_key: str) -> str:
    """Write certificates and key as one PEM file, anew from what was understood of them; raises `Unservable`."""
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
        public = certificates[0].public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unservable("its chain cannot be read") from error
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unservable("its private key cannot be read") from None  # the cause may quote it
    if _encoded(public) != _encoded(key.public_key()):
        raise Unservable("its private key is another one's")
    parts = [certificate.public_bytes(_PEM) for certificate in certificates]
    parts.append(key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return b"".join(parts).decode()


def listing(bundles: Iterable[Bundle], directory: str) -> str:
    """Write HAProxy's list: hosts come from us and not from what the certificate says, which a customer chose."""
    return "".join(f"{entry(bundle, directory)}\n" for bundle in sorted(bundles, key=lambda each: each.file))


def entry(bundle: Bundle, directory: str) -> str:
    """Write one line of the list."""
    return f"{directory}/{bundle.file} {' '.join(bundle.hosts)}"


def _is_host(name: str) -> bool:
    return len(name) <= _MOST_CHARACTERS and _HOST.fullmatch(name) is not None


def _encoded(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
