"""Signed return paths: that a bounce is about a mail of ours is said by its address, and by nothing that is in it.

The left side is the delivery's id and a MAC of it, 50 bits in 10 characters. Whoever never got the mail cannot make
one up, at some 10^15 guesses by SMTP; whoever got it can bounce it, which is theirs to do.
"""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from control_plane.core.crypto import Vault
from control_plane.core.ids import MalformedId, bare, from_bare
from tenant_agent import wire

_PURPOSE = "return paths"
_PERSON = b"return path"
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_BYTES = 7
_SHIFTS = range(5 * (wire.MAC_CHARACTERS - 1), -1, -5)
_TOO_MANY_BITS = 8 * _BYTES - 5 * wire.MAC_CHARACTERS


class ReturnPaths:
    """Signs with the first key; knows what any of them signed, so that keys can be changed while mails are out."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keyed = [hashlib.blake2b(digest_size=_BYTES, key=key, person=_PERSON) for key in keys]

    @classmethod
    def of(cls, vault: Vault) -> "ReturnPaths":
        """Use the installation's keys."""
        return cls(vault.signing_keys(_PURPOSE))

    def sign(self, delivery_id: UUID) -> str:
        """Give the left side of a delivery's return path."""
        return bare(delivery_id) + _mac(self._keyed[0], delivery_id)

    def delivery_of(self, path: wire.ReturnPath) -> UUID | None:
        """Give the delivery whose return path this is; None if we never signed it."""
        try:
            delivery_id = from_bare(path.token)
        except MalformedId:
            return None
        known = [hmac.compare_digest(_mac(each, delivery_id), path.mac) for each in self._keyed]
        return delivery_id if any(known) else None


def _mac(keyed: "hashlib.blake2b", delivery_id: UUID) -> str:
    digest = keyed.copy()
    digest.update(delivery_id.bytes)
    bits = int.from_bytes(digest.digest()) >> _TOO_MANY_BITS
    return "".join([_DIGITS[bits >> shift & 31] for shift in _SHIFTS])
