"""How often one tenant may have certificates made: an authority counts orders over our whole account with it."""

from control_plane.core.gcra import Counter, Limiter
from control_plane.core.rate_limit import refuse_if_too_many
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import bound_tenant
from control_plane.settings import Rate

_RATE = Rate(per_minute=1, burst=40)
"""Let's Encrypt takes 300 orders of an account in three hours: nobody can use them up alone."""


async def take_a_turn(runtime: Runtime) -> None:
    """Raise `TooMany` if the bound tenant has asked too often, `LimiterAway` if nobody can count."""
    counter = Counter(f"certificates:{{{bound_tenant()}}}", _RATE)
    refuse_if_too_many(await Limiter(runtime.valkey).count([counter]))
