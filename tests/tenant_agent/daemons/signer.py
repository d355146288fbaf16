"""A node's signing Rspamd, asked over its controller."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import httpx

from tenant_agent.layout import Layout, Ports
from tenant_agent.render import rspamd
from tests.ports import free_port
from tests.tenant_agent.daemons.processes import listens, running
from tests.tenant_agent.daemons.redis import PASSWORD

HOSTNAME = "n1.fleetpost.test"


class Verdict:
    """What the signer made of a message."""

    def __init__(self, answer: dict[str, object]) -> None:
        self.action = cast("str", answer["action"])
        signatures = answer.get("dkim-signature", [])
        self.signatures = cast("list[str]", signatures if isinstance(signatures, list) else [signatures])
        self.messages = cast("dict[str, str]", answer.get("messages", {}))
        changes = cast("dict[str, dict[str, dict[str, str]]]", answer.get("milter", {}))
        self.added = {name: field["value"] for name, field in changes.get("add_headers", {}).items()}
        self.removed = frozenset(changes.get("remove_headers", {}))


class RunningSigner:
    """Asks a signer that runs."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def look_at(
        self, message: bytes, *, user: str | None = None, daemon: str = "INJECT", sender: str | None = None
    ) -> Verdict:
        """Have a message signed as if it came from this login, or by Postfix's daemon of this name."""
        url = f"http://127.0.0.1:{self.layout.ports.signer_controller}/checkv2"
        headers = {"IP": "127.0.0.1", "MTA-Name": daemon} | ({"User": user} if user else {})
        headers |= {"From": sender} if sender else {}
        answer = httpx.post(url, content=message, headers=headers, trust_env=False, timeout=20)
        return Verdict(cast("dict[str, object]", answer.raise_for_status().json()))


@contextmanager
def running_signer(root: Path) -> Iterator[RunningSigner]:
    """Run the signer below `root`; Redis is to run there too."""
    layout = Layout.under(root, ports=Ports(signer=free_port(), signer_controller=free_port()))
    layout.signer_state.mkdir(parents=True, exist_ok=True)
    for path, file in rspamd.render_signer(layout, redis_password=PASSWORD, hostname=HOSTNAME).items():
        target = layout.signer_config / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    command = ["rspamd", "-f", "-i", "-c", str(layout.signer_config / "rspamd.conf")]
    with running(command, lambda: listens(layout.ports.signer_controller), root / "rspamd.log"):
        yield RunningSigner(layout)
