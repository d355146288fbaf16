"""The certificates that the node holds, and how long the one that ends first still lasts."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography import x509

from tenant_agent import wire

_DAY = dt.timedelta(days=1)


def certificates(state_database: Path, now_ms: int) -> dict[str, int]:
    """Give `held`, and `days_left` if there is any. Reads the state beside the agent's own connection. Blocks."""
    now = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC)
    ends = list(_ends(state_database))
    return {"held": len(ends)} | ({"days_left": (min(ends) - now) // _DAY} if ends else {})


def _ends(state_database: Path) -> Iterator[dt.datetime]:
    database = sqlite3.connect(f"file:{state_database}?mode=ro", uri=True)
    try:
        for (payload,) in database.execute("select payload from items where kind = 'certificate'"):
            try:
                item = msgspec.msgpack.decode(payload, type=wire.CertificateItem)
                yield x509.load_pem_x509_certificates(item.chain.encode())[0].not_valid_after_utc
            except (msgspec.DecodeError, ValueError):
                continue  # it was quarantined, and told of
    finally:
        database.close()
