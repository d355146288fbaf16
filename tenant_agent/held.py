"""Which of its sending addresses the host really has: mail given to one that it has not could only wait."""

from collections.abc import Iterable

import structlog

from tenant_agent.bound import host_has

log = structlog.get_logger(__name__)


class HeldAddresses:
    """Remembers what was found when it was last looked."""

    def __init__(self) -> None:
        self._missing: frozenset[str] = frozenset()

    def look_at(self, addresses: Iterable[str]) -> bool:
        """Try each address; tells whether anything is other than before."""
        missing = frozenset(address for address in addresses if not host_has(address))
        if missing == self._missing:
            return False
        if missing:
            log.warning("addresses.missing", addresses=sorted(missing), next_step="give the host these addresses")
        self._missing = missing
        return True

    def has(self, address: str) -> bool:
        return address not in self._missing
