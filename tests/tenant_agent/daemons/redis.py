"""A node's Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenant_agent.layout import Layout
from tenant_agent.render import redis
from tests.tenant_agent.daemons.processes import running

PASSWORD = "test-password"


@contextmanager
def running_redis(root: Path) -> Iterator[Path]:
    """Run Redis below `root`; gives its socket."""
    layout = Layout.under(root)
    layout.run.mkdir(parents=True, exist_ok=True)
    config = root / "redis.conf"
    config.write_text(redis.render(layout, password=PASSWORD)["redis.conf"].text)
    with running(["redis-server", str(config)], layout.redis_socket.exists, root / "redis.log"):
        yield layout.redis_socket
