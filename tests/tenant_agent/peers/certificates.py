"""Certificates as nodes make them, without keeping their keys."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from tenant_agent.peers import FleetCertificate


def pem_for(node_id: str) -> str:
    """Make a node's certificate."""
    with TemporaryDirectory() as directory:
        return FleetCertificate.keep(Path(directory) / "fleet.pem", node_id, dt.datetime.now(dt.UTC)).pem
