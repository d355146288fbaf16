"""A stored relay as it is shown and as it is told to the audit log."""

from control_plane.core.ids import encode
from control_plane.relays.presets import PRESETS
from control_plane.relays.queries.relays import RelayRow
from control_plane.relays.schemas import Relay, RelayHealth, RelayScope

PREFIX = "rly"
_TOLD = (
    *("name", "kind", "host", "port", "tls", "username", "password", "mode", "weight", "domains", "streams"),
    *("destinations", "always_for", "for_all", "status"),
)


def view(row: RelayRow, health: RelayHealth | None = None) -> Relay:
    """Show a relay."""
    return Relay(
        id=encode(PREFIX, row.id),
        name=row.name,
        kind=row.kind,
        host=row.host,
        port=row.port,
        tls=row.tls,
        username=row.username,
        mode=row.mode,
        weight=row.weight,
        scope=RelayScope(domains=row.domains, streams=row.streams, destinations=row.destinations),
        always_for=row.always_for,
        for_all=row.for_all,
        status=row.status,
        takes_events=row.kind != "smtp" and (row.hook_key is not None or not PRESETS[row.kind].hook_key),
        health=health or RelayHealth(),
        created_at=row.created_at,
        version=row.version,
    )


def told(row: RelayRow) -> dict[str, object]:
    """Give what the audit log says of a relay; of its password only that it changed."""
    return {name: getattr(row, name) for name in _TOLD}
