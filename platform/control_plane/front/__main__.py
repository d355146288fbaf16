"""`python -m control_plane.front`: the web front, until SIGTERM."""

import asyncio
import os
import signal

from control_plane import settings as settings_module
from control_plane.core import log
from control_plane.front import options
from control_plane.front.process import run
from control_plane.piccolo_conf import DB


async def _main() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(options.load(), settings_module.load(), DB, stop)


def main() -> None:
    """Run the front."""
    log.configure()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    asyncio.run(_main())


if __name__ == "__main__":
    main()
