"""The way that a delivery was given, as it is kept with it: budgets and limits change, what was decided does not."""

from typing import Final

import msgspec

from tenant_agent import wire

NEVER: Final = 2**62
"""The time until which waits what only another desired state can help."""


class Budget(msgspec.Struct, frozen=True, array_like=True):
    """The hour of an address's warm-up that a delivery is counted in."""

    ip_id: str
    provider: str
    hour: int
    """Hours since 1970, UTC."""


class Assignment(msgspec.Struct, frozen=True, array_like=True):
    """The way out of one delivery, and why."""

    way: str
    """Postfix's transport and next hop, as in `out-10-77-1-11--google:` or `relay-starttls:[smtp.example]:587`."""
    route: wire.Route
    budget: Budget | None = None

    @property
    def transport(self) -> str:
        """Postfix's transport."""
        return self.way.partition(":")[0]
