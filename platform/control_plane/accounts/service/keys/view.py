"""A stored key as the API and the audit log show it."""

import msgspec

from control_plane.accounts.key_rights import Bounds
from control_plane.accounts.key_schemas import ApiKey, CreatedApiKey
from control_plane.accounts.queries.keys import KeyRow
from control_plane.core.ids import encode

PREFIX = "key"
_TOLD = ("name", "scopes", "expires_at", "allowed_domains", "allowed_networks", "requests_per_minute", "smtp", "mode")


def view(row: KeyRow) -> ApiKey:
    """Show a key."""
    return ApiKey(
        id=encode(PREFIX, row.id),
        name=row.name,
        scopes=row.scopes,
        mode=row.mode,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        allowed_domains=row.allowed_domains,
        allowed_networks=tuple(map(str, row.allowed_networks)),
        requests_per_minute=row.requests_per_minute,
        smtp=row.smtp,
        replaced_by=None if row.replaced_by is None else encode(PREFIX, row.replaced_by),
        last_used_at=row.last_used_at,
        last_used_address=None if row.last_used_address is None else str(row.last_used_address),
    )


def created(row: KeyRow, secret: str) -> CreatedApiKey:
    """Show a key that was just made, with its secret."""
    return CreatedApiKey(**msgspec.structs.asdict(view(row)), secret=secret)


def told(row: KeyRow) -> dict[str, object]:
    """Give what the audit log says of a key."""
    return {name: getattr(row, name) for name in _TOLD}


def bounds_of(row: KeyRow) -> Bounds:
    """Give what limits a key beside its scopes."""
    return Bounds(
        domains=row.allowed_domains,
        networks=row.allowed_networks,
        requests_per_minute=row.requests_per_minute,
        expires_at=row.expires_at,
    )
