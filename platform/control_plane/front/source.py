"""Where the front's certificates come from."""

from collections.abc import Sequence

from control_plane.certificates import service as certificates
from control_plane.core.runtime import Runtime
from control_plane.front.certificates import FrontCertificate
from control_plane.front.follow import Source


def from_database(runtime: Runtime) -> Source:
    """Give what reads all certificates of all tenants."""

    async def read() -> Sequence[FrontCertificate]:
        async with runtime.db.fleet_tx() as tx:
            return await certificates.for_front(tx, runtime.vault)

    return read
