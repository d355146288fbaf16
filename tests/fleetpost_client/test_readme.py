"""The examples of the Python client's README, run as a program against the real application."""

import os
import re
import sys
from pathlib import Path

from control_plane.webhooks.signing import new_secret
from tests.conftest import Tenant
from tests.served import run

README = Path(__file__).parents[2] / "platform" / "fleetpost_client" / "README.md"
_EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


async def test_the_examples_work(api_url: str, tenant: Tenant, domain: str) -> None:
    program = "\n".join(_EXAMPLE.findall(README.read_text()))
    assert program.count("import") > 5
    program = program.replace("https://mail.example.com", api_url).replace("acme.example", domain)
    program += '\nprint(receive(b"{}", {}))'
    secrets = {"FLEETPOST_API_KEY": tenant.key, "FLEETPOST_WEBHOOK_SECRET": new_secret()}
    printed = await run(sys.executable, "-", stdin=program, env=os.environ | secrets)
    [sent, looked_at, listed, refused, believed] = printed.splitlines()
    message_id = sent.split()[0]
    assert sent == f"{message_id} accepted"
    assert looked_at.startswith("Hello [")
    assert listed == f"{message_id} Hello"
    assert refused.startswith("validation_failed [('to', ")
    assert believed == "400"
