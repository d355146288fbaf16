"""The examples of the TypeScript client's README, run as a program against the real application."""

import os
import re
from pathlib import Path

from control_plane.webhooks.signing import new_secret
from tests.conftest import Tenant
from tests.node import NODE, SOURCE
from tests.served import run

_EXAMPLE = re.compile(r"^```js\n(.*?)^```", re.DOTALL | re.MULTILINE)


async def test_the_examples_work(api_url: str, node_home: Path, tenant: Tenant, domain: str) -> None:
    program = "\n".join(_EXAMPLE.findall((SOURCE / "README.md").read_text()))
    program = program.replace("https://mail.example.com", api_url).replace("acme.example", domain)
    file = node_home / "readme.mjs"
    file.write_text(
        program + '\nconsole.log((await receive(new Request("http://a.test", { method: "POST" }))).status);'
    )
    secrets = {"FLEETPOST_API_KEY": tenant.key, "FLEETPOST_WEBHOOK_SECRET": new_secret()}
    printed = await run(NODE, str(file), env=os.environ | secrets)
    [sent, listed, refused, believed] = printed.splitlines()
    message_id = sent.split()[0]
    assert sent == f"{message_id} accepted"
    assert listed == f"{message_id} Hello"
    assert refused.startswith("validation_failed [ 'to: ")
    assert believed == "400"
