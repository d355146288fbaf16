"""The address where a relay's provider tells what became of mail; the secret in it is the credential."""

from litestar import Request, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import Subject
from control_plane.core.ids import decode
from control_plane.core.turns import Turns
from control_plane.relays.events.fetching import walled_fetch
from control_plane.relays.service import PREFIX
from control_plane.relays.service.take_events import Post, Taker

_MOST_BYTES = 4 * 1024 * 1024
"""SendGrid sends up to 1,000 events at once."""
_AT_ONCE_PER_RELAY = 4

_turns: Turns[str] = Turns(_AT_ONCE_PER_RELAY)


@post(
    "/v1/relays/{relay_id:str}/events/{secret:str}",
    status_code=204,
    include_in_schema=False,
    request_max_body_size=_MOST_BYTES,
)
async def take_relay_events(
    request: Request[Subject | None, None, State],
    db: inject.Database,
    vault: inject.Vault,
    clock: inject.Clock,
    valkey: inject.Valkey,
    settings: inject.Settings,
    relay_id: FromPath[str],
    secret: FromPath[str],
) -> None:
    """Take events; 204 also for those that are about no mail of ours, since to repeat them would change nothing."""
    taker = Taker(db, vault, clock, valkey, walled_fetch(settings.egress_allow))
    wanted = decode(PREFIX, relay_id)
    await taker.relay_of(wanted, secret)  # who does not know it has no turn, and nothing is read of theirs
    async with _turns.take(relay_id):
        headers = {name.lower(): value for name, value in request.headers.items()}
        await taker.take(Post(wanted, secret, headers, await request.body()))


OPEN_HANDLERS: list[ControllerRouterHandler] = [take_relay_events]
