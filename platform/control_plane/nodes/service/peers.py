"""Who the other nodes are: each shows a certificate of its own making, and all that keep mail learn whose is whose."""

from collections.abc import Sequence

import structlog

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.nodes import channels
from control_plane.nodes.queries import peers as queries
from control_plane.nodes.queries.peers import PeerRow
from control_plane.nodes.schemas import ItemChange
from control_plane.nodes.service import desired_state
from tenant_agent import wire

_log = structlog.get_logger()

PREFIX = "nod"
_KIND, _KEY = "peers", "self"


async def shown(db: Database, node_id: NodeId, certificate: str, clock: Clock) -> None:
    """Keep the certificate that a node shows of itself, and tell the others; one that is unfit changes nothing."""
    public_id = encode(PREFIX, node_id)
    try:
        fit = wire.fit_certificate(certificate, public_id, clock.now())
    except wire.UnfitCertificate as error:
        _log.warning("a fleet certificate is unfit", action="peers.refused", node=public_id, reason=str(error))
        return
    async with db.fleet_tx() as tx:
        if await queries.certificate_of(tx.connection, node_id) == fit:
            return
        await queries.keep_certificate(tx.connection, node_id, fit)
        tx.outbox.trigger(channels.PEERS_JOB)
        fingerprint = wire.fingerprint_of(wire.der_of(fit))
        audit.record_for_fleet(tx, "nodes.show_certificate", public_id, after={"sha256": fingerprint})


async def publish(db: Database) -> None:
    """Tell each node that takes mail or has mailboxes who the others are, where that has changed.

    A lost node stays among them: mail for its mailboxes waits for it.
    """
    async with db.fleet_tx() as tx:
        await desired_state.hold_all_still(tx)
        rows = await queries.all_peers(tx.connection)
        for row in rows:
            await _tell(tx, row.id, _others_than(row, rows))
        for node_id in await queries.without_peers(tx.connection):
            await _tell(tx, node_id, None)


async def _tell(tx: Transaction, node_id: NodeId, item: wire.PeersItem | None) -> None:
    await desired_state.publish_own(tx, node_id, [ItemChange(kind=_KIND, key=_KEY, item=item)])


def _others_than(node: PeerRow, rows: Sequence[PeerRow]) -> wire.PeersItem | None:
    others = tuple(
        wire.Peer(
            node_id=encode(PREFIX, row.id),
            name=row.name,
            hostname=row.hostname,
            service_address=row.service_address,
            roles=tuple(row.roles),
            certificate=row.fleet_certificate,
        )
        for row in rows
        if row.id != node.id and row.fleet_certificate is not None
    )
    return wire.PeersItem(peers=others) if others else None
