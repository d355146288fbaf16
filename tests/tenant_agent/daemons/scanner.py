"""A node's scanning Rspamd, asked over its controller."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from tenant_agent import wire
from tenant_agent.layout import Layout, Ports
from tenant_agent.render import rspamd
from tenant_agent.render.parameters import with_parameters
from tests.ports import free_port
from tests.tenant_agent.daemons.processes import listens, running
from tests.tenant_agent.daemons.redis import PASSWORD

_LOADED_WITHIN_SECONDS = 120.0  # all of its rules, on a busy machine


class RunningScanner:
    """Asks a scanner that runs."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def verdict(self, message: bytes, recipients: Sequence[str]) -> str:
        """Give the action for a mail to these recipients."""
        return str(self._ask(message, recipients)["action"])

    def headers(self, message: bytes, recipients: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give the headers that a mail is to get, and those that it is to lose."""
        said = self._ask(message, recipients)["milter"]
        return said["add_headers"], said["remove_headers"]

    def told(self, message: bytes, recipients: Sequence[str], client: str = "192.0.2.1") -> tuple[str, str, set[str]]:
        """Give the action, what is said to the sender, and the symbols."""
        answer = self._ask(message, recipients, client)
        return answer["action"], answer.get("messages", {}).get("smtp_message", ""), set(answer["symbols"])

    def _ask(self, message: bytes, recipients: Sequence[str], client: str = "192.0.2.1") -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.layout.ports.scanner_controller}/checkv2"
        headers = [("IP", client), ("From", "bob@else.test"), *(("Rcpt", each) for each in recipients)]
        answer = httpx.post(url, content=message, headers=headers, trust_env=False, timeout=30)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told


@contextmanager
def running_scanner(
    root: Path, *, reject_from: float, rolled_out: Mapping[str, str] = MappingProxyType({})
) -> Iterator[RunningScanner]:
    """Run the scanner below `root`, where mail is refused from this score on."""
    layout = Layout.under(root, ports=Ports(scanner=free_port(), scanner_controller=free_port()))
    layout.never_refused.parent.mkdir(parents=True, exist_ok=True)
    if not layout.never_refused.exists():
        layout.never_refused.touch()
    config, state = layout.scanner_config, layout.scanner_state
    shutil.copytree("/etc/rspamd", config, symlinks=True)
    state.mkdir(parents=True)
    item = wire.DaemonsItem(release="rol_1", rspamd=dict(rolled_out))
    tree = with_parameters("rspamd", rspamd.render_scanner(layout, redis_password=PASSWORD), item)
    for path, file in tree.items():
        target = config / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    (config / "local.d/actions.conf").write_text(f"reject = {reject_from};\nadd_header = null;\ngreylist = null;\n")
    (config / "local.d/options.inc").write_text("disable_hyperscan = true;\n")
    variables = [f"--var={name}={value}" for name, value in _places(config, state).items()]
    command = ["rspamd", "-f", "-i", *variables, "-c", str(config / "rspamd.conf")]
    with running(
        command,
        lambda: listens(layout.ports.scanner_controller),
        root / "rspamd.log",
        within_seconds=_LOADED_WITHIN_SECONDS,
    ):
        yield RunningScanner(layout)


def _places(config: Path, state: Path) -> dict[str, Path]:
    return {"CONFDIR": config, "LOCAL_CONFDIR": config, "DBDIR": state, "RUNDIR": state, "LOGDIR": state}
