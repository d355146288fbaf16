"""Signs what goes to a node: for that node, that connection and that place in it, so that nothing can be replayed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from control_plane.core.ids import NodeId, encode
from control_plane.core.runtime import Runtime
from control_plane.nodes import service
from control_plane.nodes.link.frames import End, LinkEnded
from control_plane.nodes.service.bundle_signing import BundleKey
from tenant_agent import wire

_REFRESH = timedelta(minutes=1)

Seal = Callable[[wire.Changes], wire.Bundle]


class Signer:
    """The installation's keys, as one process has them: those of a minute ago at most."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.keys: list[BundleKey] = []
        self._read_at: datetime | None = None

    async def refresh(self) -> None:
        """Read the keys again when it is time."""
        if self._read_at is None or self._runtime.clock.now() - self._read_at >= _REFRESH:
            await self._read()

    async def seal_for(self, node_id: NodeId, hello: wire.Hello) -> Seal | None:
        """Give what signs for one connection; none for a node that has no keys yet.

        Raises `LinkEnded` for a node that has been away for two rotations: it would take nothing from us.
        """
        if not hello.bundle_keys:
            return None
        if self._shared_with(hello) is None:
            await self._read()  # there may have been a rotation since
        key = self._shared_with(hello)
        if key is None:
            raise LinkEnded(End.UNKNOWN_KEYS, "the node knows none of our keys: enrol it again with a new token")
        return _seal(key, encode("nod", node_id), hello.nonce)

    def _shared_with(self, hello: wire.Hello) -> BundleKey | None:
        return next((key for key in self.keys if key.public in hello.bundle_keys), None)

    async def _read(self) -> None:
        async with self._runtime.db.fleet_tx() as tx:
            self.keys = await service.bundle_keys(tx, self._runtime.vault)
        self._read_at = self._runtime.clock.now()


def _seal(key: BundleKey, node_id: str, nonce: bytes) -> Seal:
    number = 0

    def seal(changes: wire.Changes) -> wire.Bundle:
        nonlocal number
        number += 1
        said = wire.SignedChanges(node_id=node_id, nonce=nonce, number=number, changes=changes)
        payload = wire.encode(said)
        return wire.Bundle(payload=payload, signature=key.private.sign(payload), key=key.public)

    return seal
