"""Who the node is to the control plane: its credential, the one before it, and the keys that vouch for what it is sent.

All in one file, replaced as a whole. A renewed credential is kept beside the former one until it has been let in: the
control plane voids the former when the renewed one is first used, and either side may crash before that.
"""

import base64
import binascii
import os
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tenant_agent import wire
from tenant_agent.files import replace_text

log = structlog.get_logger(__name__)

_READABLE_BY_OWNER = 0o600


class Forged(Exception):
    """Something is not signed by a key that this node was given."""


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The file; what nodes stored that enrolled before there were keys is one, too."""

    node_id: str
    credential: str
    bundle_keys: tuple[str, ...] = ()
    former: str | None = None
    renewed_at_ms: int = 0


class Identity:
    """The file and its only writer."""

    def __init__(self, path: Path, stored: _Stored) -> None:
        self._path = path
        self._stored = stored

    @classmethod
    def read(cls, path: Path) -> "Identity":
        """Read what was stored; raises `OSError` or `msgspec.MsgspecError`."""
        return cls(path, msgspec.json.decode(path.read_bytes(), type=_Stored))

    @classmethod
    def begin(cls, path: Path, reply: wire.EnrolReply, now_ms: int) -> "Identity":
        """Store what enrolment gave."""
        stored = _Stored(
            node_id=reply.node_id, credential=reply.credential, bundle_keys=reply.bundle_keys, renewed_at_ms=now_ms
        )
        identity = cls(path, stored)
        path.parent.mkdir(parents=True, exist_ok=True)
        identity._write(stored)
        return identity

    @property
    def node_id(self) -> str:
        return self._stored.node_id

    @property
    def credential(self) -> str:
        return self._stored.credential

    @property
    def bundle_keys(self) -> tuple[str, ...]:
        return self._stored.bundle_keys

    @property
    def renewed_at_ms(self) -> int:
        """When it got its credential, 0 if that was before anybody noted it."""
        return self._stored.renewed_at_ms

    def renew(self, reply: wire.EnrolReply, now_ms: int) -> None:
        """Store another credential and the keys that came with it; raises `Forged`."""
        if reply.node_id != self.node_id:
            raise Forged(f"the credential is for {reply.node_id[:40]}")
        if self.bundle_keys and not self._has_signed(reply):
            raise Forged("no key of this node has signed the credential")
        self._write(
            _Stored(
                node_id=self.node_id,
                credential=reply.credential,
                bundle_keys=reply.bundle_keys,
                former=self.credential,
                renewed_at_ms=now_ms,
            )
        )

    def let_in(self) -> None:
        """The credential was accepted, so the former is void."""
        if self._stored.former is not None:
            self._note(msgspec.structs.replace(self._stored, former=None))

    def turned_away(self) -> None:
        """The credential was refused: try the other one next, if there is one."""
        former = self._stored.former
        if former is not None:
            self._note(msgspec.structs.replace(self._stored, credential=former, former=self._stored.credential))

    def _note(self, stored: _Stored) -> None:
        """Write what would be found out again: a full disk must not keep the node from connecting."""
        try:
            self._write(stored)
        except OSError as error:
            log.warning("credential.not_noted", reason=str(error))
            self._stored = stored

    def _has_signed(self, reply: wire.EnrolReply) -> bool:
        said = wire.signed_part(reply)
        return any(
            is_signed(key, signature, said)
            for key, signature in ((key, _bytes(reply.signatures.get(key, ""))) for key in self.bundle_keys)
        )

    def _write(self, stored: _Stored) -> None:
        replace_text(self._path, msgspec.json.encode(stored).decode(), mode=_READABLE_BY_OWNER)
        _make_durable(self._path.parent)
        self._stored = stored


def is_signed(key: str, signature: bytes, data: bytes) -> bool:
    """Say whether the owner of this public key (base64) has signed the data."""
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(key)).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _make_durable(directory: Path) -> None:
    """Have the directory remember the renamed file: the old one may be worth nothing in a moment."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
