"""Opens what the control plane signed, and refuses what somebody else made, or sent again."""

import msgspec

from tenant_agent import wire
from tenant_agent.identity import Forged, Identity, is_signed


class Opener:
    """Opens the bundles of one connection, in their order. A node without keys takes plain changes, and no others."""

    def __init__(self, identity: Identity, hello: wire.Hello) -> None:
        self._node_id = identity.node_id
        self._keys = hello.bundle_keys
        self._nonce = hello.nonce
        self._generation = hello.generation
        self._number = 0

    def open(self, frame: wire.Changes | wire.Bundle) -> wire.Changes:
        """Give the changes; raises `Forged`."""
        if isinstance(frame, wire.Changes):
            if self._keys:
                raise Forged("changes came without a signature")
            return frame
        said = self._read(frame)
        self._check(said)
        self._number += 1
        self._generation = said.changes.generation
        return said.changes

    def _read(self, bundle: wire.Bundle) -> wire.SignedChanges:
        if bundle.key not in self._keys:
            raise Forged("changes came signed with a key that this node was not given")
        if not is_signed(bundle.key, bundle.signature, bundle.payload):
            raise Forged("changes came with a wrong signature")
        try:
            return wire.decode_as(bundle.payload, wire.SignedChanges)
        except msgspec.MsgspecError as error:
            raise Forged(f"signed changes cannot be read: {error}") from error

    def _check(self, said: wire.SignedChanges) -> None:
        if said.node_id != self._node_id:
            raise Forged(f"the changes are for another node: {said.node_id[:40]}")
        if said.nonce != self._nonce:
            raise Forged("the changes are of another connection: somebody sent them again")
        if said.number != self._number + 1:
            raise Forged(f"bundle {said.number} came where {self._number + 1} was due")
        if said.changes.generation < self._generation and not said.changes.snapshot:
            raise Forged("the changes are older than what this node has")
