"""DKIM key pairs (RFC 6376, RFC 8463): an RSA key that every receiver can verify and a small Ed25519 one beside it."""

import base64
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

Algorithm: TypeAlias = Literal["rsa", "ed25519"]

SLOTS: dict[Algorithm, tuple[str, str]] = {"rsa": ("fp1r", "fp2r"), "ed25519": ("fp1e", "fp2e")}
"""The selectors of each algorithm: while mail signed with one key is under way, the next one stands in the other."""
_RSA_BITS = 2048  # RFC 8301 §3.2 asks for 2048; more does not fit every DNS host's TXT field


class KeyPair(msgspec.Struct, frozen=True):
    """A new key."""

    selector: str
    algorithm: Algorithm
    private_key: bytes
    """PEM (PKCS #8)."""
    public_key: str
    """Base64, as in the `p=` tag."""


def new_key_pairs() -> list[KeyPair]:
    """Make both keys, for their first slots: 100 to 300 ms of CPU, so call it in a thread."""
    return [_rsa(), _ed25519()]


def key_record(algorithm: str, public_key: str) -> str:
    """Write the TXT record of a key (RFC 6376 §3.6.1)."""
    return f"v=DKIM1; k={algorithm}; p={public_key}"


def no_key_record(algorithm: str) -> str:
    """Write the TXT record of a key that is withdrawn, or that is not there yet: what it signed does not verify."""
    return key_record(algorithm, "")


def shows(values: Sequence[str], public_key: str) -> bool:
    """Say whether the one record that was found has this key in it."""
    return len(values) == 1 and tag(values[0], "p") == public_key


def tag(record: str, name: str) -> str | None:
    """Read a tag of a key record, without the spaces that a value may have in it (RFC 6376 §3.2)."""
    for part in record.split(";"):
        found, equals, value = part.partition("=")
        if equals and found.strip() == name:
            return "".join(value.split())
    return None


def _rsa() -> KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(SLOTS["rsa"][0], "rsa", _pem(key), base64.b64encode(public).decode())


def _ed25519() -> KeyPair:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return KeyPair(SLOTS["ed25519"][0], "ed25519", _pem(key), base64.b64encode(public).decode())


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
