"""What stands in the agent's place on the bare node: configures the daemons as the agent does, then answers policy.

`python -m benchmarks.bare_agent CONFIG NODE KEYS`: the agent's settings, a `wire.NodeItem` and the domain's signing
keys (both JSON). It sends nothing and reads no log, so a node with it is the bare stack: Postfix, a policy service and
Rspamd that signs.
"""

import asyncio
import sys
from pathlib import Path

import msgspec
import redis
import uvloop

from tenant_agent import settings as agent_settings
from tenant_agent import wire
from tenant_agent.agent import prepare_directories, redis_password
from tenant_agent.apply import Configurator
from tenant_agent.design import Design
from tenant_agent.drivers.postfix import Postfix
from tenant_agent.drivers.redis import Redis
from tenant_agent.drivers.rspamd import Signer
from tenant_agent.files import replace_text
from tenant_agent.layout import Layout
from tenant_agent.projections.signing_keys import SigningKeys
from tenant_agent.state import State
from tenant_agent.transports import transport_of

READY = "bare.ready"


async def serve_policy(layout: Layout, node: wire.NodeItem) -> asyncio.Server:
    """Answer every request with the node's first transport."""
    reply = f"action=FILTER {transport_of(node.ips[0].address)}:\n\n".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line == b"\n":
                writer.write(reply)
        writer.close()

    server = await asyncio.start_unix_server(answer, layout.policy_socket)
    layout.policy_socket.chmod(0o666)
    return server


async def run(settings: agent_settings.Settings, node: wire.NodeItem, keys: dict[str, str]) -> None:
    """Bring the node up, say so by a file in its state directory, and serve."""
    layout = settings.layout
    prepare_directories(layout)
    password = redis_password(layout)
    server = await serve_policy(layout, node)
    drivers = (Redis(layout, password), Signer(layout, password), Postfix(settings))
    problems = await Configurator(layout, State(layout.state_database), drivers).apply(Design(node=node))
    if problems:
        raise SystemExit(f"the bare node did not come up: {problems}")
    client = redis.Redis(unix_socket_path=str(layout.redis_socket), password=password, decode_responses=True)
    SigningKeys(client).write(keys, ())
    replace_text(layout.state / READY, "", mode=0o644)
    await server.serve_forever()


if __name__ == "__main__":
    config, node_file, keys_file = map(Path, sys.argv[1:4])
    uvloop.run(
        run(
            agent_settings.load(config),
            msgspec.json.decode(node_file.read_bytes(), type=wire.NodeItem),
            msgspec.json.decode(keys_file.read_bytes(), type=dict[str, str]),
        )
    )
