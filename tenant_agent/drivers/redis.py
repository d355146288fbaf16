"""The node's Redis: without a checker of its own, and restarted rather than reloaded, as it keeps nothing."""

from pathlib import Path

import redis.asyncio
from redis.exceptions import RedisError

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.drivers.probes import expect_redis
from tenant_agent.layout import Layout
from tenant_agent.render import Place, Tree
from tenant_agent.render.revisions import Renderers


class Redis:
    """Keeps the signing keys and the scanner's memory."""

    name = "redis"

    def __init__(self, layout: Layout, password: str, renderers: Renderers | None = None) -> None:
        self._layout = layout
        self._renderers = renderers or Renderers()
        self._password = password
        self.directory = layout.redis_config

    def render(self, design: Design) -> Tree | None:
        return self._renderers.render(self.name, design, Place(layout=self._layout, redis_password=self._password))

    async def check(self, staged: Path) -> None: ...

    async def reload(self) -> None:
        """End it; the supervisor starts it again with the new configuration, and the agent fills it."""
        client = redis.asyncio.Redis(unix_socket_path=str(self._layout.redis_socket), password=self._password)
        try:
            await client.shutdown(nosave=True)
        except RedisError:
            return  # it does not run
        finally:
            await client.aclose()

    async def probe(self, node: wire.NodeItem) -> None:
        del node
        await expect_redis(self._layout.redis_socket)
