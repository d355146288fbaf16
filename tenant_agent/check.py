"""`fleetpost-agent check`: what would keep this node from working, each with what to do about it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tenant_agent.settings import Settings

_PROGRAMS = {
    "postfix": "postfix",
    "postmap": "postfix",
    "dovecot": "dovecot-core",
    "doveadm": "dovecot-core",
    "rspamd": "rspamd",
    "rspamadm": "rspamd",
    "redis-server": "redis-server",
}
_LMDB_DRIVER = Path("/usr/lib/postfix/postfix-lmdb.so")


def problems(settings: Settings) -> Iterator[str]:
    """Give one sentence per thing that is wrong."""
    if os.geteuid() != 0:
        yield "The agent does not run as root: it writes the daemons' configuration, so run it as root."
    yield from _missing_programs()
    for path in (settings.tls_certificate, settings.tls_key):
        if not path.exists():
            yield f"{path} does not exist: put the node's certificate (with its chain) and key there."
    if settings.ca_file is not None and not settings.ca_file.exists():
        yield f"ca_file {settings.ca_file} does not exist: put the control plane's CA certificate there."
    if not settings.layout.credential.exists() and not settings.enrolment_token_file.exists():
        yield (
            "This node is not enrolled: make a token with `fleetpost node add` "
            f"and put it into {settings.enrolment_token_file}."
        )


def _missing_programs() -> Iterator[str]:
    for program, package in _PROGRAMS.items():
        if shutil.which(program) is None:
            yield f"{program} is not installed: apt-get install {package}."
    if shutil.which("postmap") is not None and not _LMDB_DRIVER.exists():
        yield "Postfix cannot read lmdb tables: apt-get install postfix-lmdb."
