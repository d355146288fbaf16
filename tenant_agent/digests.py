"""What this node has, in one number per tenant, so that the control plane sees where it has something else."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from tenant_agent import wire

_EVERYTHING = "select coalesce(tenant_id, ''), kind, key, payload from items order by kind, key"
_TENANTS = "select distinct coalesce(tenant_id, '') from items"
_GENERATION = "select value from facts where name = 'generation'"


def digests(state_database: Path) -> wire.Digests:
    """Read the stored state at one moment, over a connection of its own, so that nobody has to wait; blocking."""
    with closing(sqlite3.connect(f"file:{state_database}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("begin")
        generation = db.execute(_GENERATION).fetchone()
        hashes = {tenant_id: hashlib.sha256() for (tenant_id,) in db.execute(_TENANTS)}
        for tenant_id, kind, key, payload in db.execute(_EVERYTHING):
            hashes[tenant_id].update(f"{kind}\0{key}\0{hashlib.sha256(payload).hexdigest()}".encode())
    found = {tenant_id: each.hexdigest() for tenant_id, each in hashes.items()}
    return wire.Digests(generation=int(generation[0]) if generation else 0, digests=found)
