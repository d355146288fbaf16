"""Secrets: machine credentials as a fast salted hash, people's passwords as argon2id, what is read again as AES-GCM."""

import base64
import hashlib
import hmac
import os
import re
import secrets
from functools import lru_cache

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_SALT_BYTES = 16
_NONCE_BYTES = 12

# OWASP's second profile: 19 MiB and two passes, about 25 ms; Dovecot verifies the same hashes on the nodes.
_PASSWORDS = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class DecryptionFailed(Exception):
    """The ciphertext was made with another key, for another purpose, or was altered."""


class Credential(msgspec.Struct, frozen=True):
    """A new machine credential: `token` is shown once, `lookup` and `hash` are stored."""

    token: str
    lookup: str
    hash: bytes


_LOOKUP_CHARACTERS = 16
_SECRET_CHARACTERS = 40  # 200 bits
_TOKEN_BODY = re.compile(f"[0-9a-v]{{{_LOOKUP_CHARACTERS + _SECRET_CHARACTERS}}}")


def _random_text(characters: int) -> str:
    return base64.b32hexencode(secrets.token_bytes(characters)).decode().lower()[:characters]


def new_credential(prefix: str) -> Credential:
    """Make a token `<prefix>_<lookup><secret>`; the lookup part finds the row, the secret part is only kept hashed."""
    lookup, secret = _random_text(_LOOKUP_CHARACTERS), _random_text(_SECRET_CHARACTERS)
    return Credential(token=f"{prefix}_{lookup}{secret}", lookup=lookup, hash=hash_secret(secret))


def split_token(prefix: str, token: str) -> tuple[str, str] | None:
    """Split a token into lookup and secret; None when it does not have the form of one."""
    found, _, rest = token.rpartition("_")
    if found != prefix or not _TOKEN_BODY.fullmatch(rest):
        return None
    return rest[:_LOOKUP_CHARACTERS], rest[_LOOKUP_CHARACTERS:]


def hash_secret(secret: str) -> bytes:
    """Hash a long random secret: salt, then SHA-256. Not for human passwords."""
    salt = os.urandom(_SALT_BYTES)
    return salt + hashlib.sha256(salt + secret.encode()).digest()


def hash_for_dovecot(secret: str) -> str:
    """Hash a long random secret for nodes, as Dovecot's scheme SSHA512 has it: base64 of SHA-512 and salt."""
    salt = os.urandom(_SALT_BYTES)
    return base64.b64encode(hashlib.sha512(secret.encode() + salt).digest() + salt).decode()


def secret_matches(secret: str, hashed: bytes) -> bool:
    """Compare in constant time with what `hash_secret` gave."""
    salt, digest = hashed[:_SALT_BYTES], hashed[_SALT_BYTES:]
    return hmac.compare_digest(hashlib.sha256(salt + secret.encode()).digest(), digest)


def hash_password(password: str) -> str:
    """Hash a human's password with argon2id (about 25 ms of CPU: call it in a thread)."""
    return _PASSWORDS.hash(password)


def password_matches(password: str, hashed: str) -> bool:
    """Check a human's password (about 25 ms of CPU: call it in a thread)."""
    try:
        return _PASSWORDS.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def password_needs_rehash(hashed: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return _PASSWORDS.check_needs_rehash(hashed)


@lru_cache(maxsize=1)
def decoy_password_hash() -> str:
    """Give a hash that no password fits, so that an unknown user takes as long to refuse as a wrong password."""
    return hash_password(secrets.token_hex(32))


class Vault:
    """Encrypts what must be readable again (DKIM keys, webhook secrets) with a key from outside the database.

    Keys are named, the first one encrypts, all of them decrypt: that is how the key is rotated. The purpose is
    authenticated with the text, so that one column's ciphertext is worth nothing in another column.
    """

    def __init__(self, keys: dict[str, bytes]) -> None:
        if not keys:
            raise ValueError("a vault needs at least one key")
        self._keys = keys
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current = next(iter(keys))

    @classmethod
    def from_text(cls, text: str) -> "Vault":
        """Read `name:base64key[,name:base64key…]`, each key 32 bytes."""
        pairs = (part.partition(":") for part in text.split(","))
        return cls({name.strip(): base64.b64decode(key) for name, _, key in pairs})

    def signing_keys(self, purpose: str) -> tuple[bytes, ...]:
        """Derive a key for signing from each of its keys: the first signs, all of them are accepted."""
        return tuple(hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest() for key in self._keys.values())

    def encrypt(self, plain: bytes, *, purpose: str) -> bytes:
        """Encrypt for a purpose such as `dkim_keys.private_key`."""
        nonce = os.urandom(_NONCE_BYTES)
        name = self._current.encode()
        return bytes([len(name)]) + name + nonce + self._ciphers[self._current].encrypt(nonce, plain, purpose.encode())

    def decrypt(self, sealed: bytes, *, purpose: str) -> bytes:
        """Decrypt what `encrypt` gave for the same purpose; raises `DecryptionFailed`."""
        end = 1 + sealed[0] if sealed else 0
        cipher = self._ciphers.get(sealed[1:end].decode(errors="replace"))
        if cipher is None:
            raise DecryptionFailed
        try:
            return cipher.decrypt(sealed[end : end + _NONCE_BYTES], sealed[end + _NONCE_BYTES :], purpose.encode())
        except Exception as error:  # cryptography raises InvalidTag, and ValueError for a short nonce
            raise DecryptionFailed from error


def new_vault_key(name: str) -> str:
    """Make a fresh key in the form that `Vault.from_text` reads."""
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"
