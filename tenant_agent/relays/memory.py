"""What breakers were like in a former life of the agent: one small file, written when one opens or closes."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import structlog

from tenant_agent.files import replace_text
from tenant_agent.relays.breaker import Breaker

log = structlog.get_logger(__name__)


def recall(path: Path) -> dict[str, Breaker]:
    """Read the breakers that were open; a file that is missing or broken is as if all were closed."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Breaker])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("relays.forgotten", reason=str(error))
        return {}


def remember(path: Path, breakers: Mapping[str, Breaker]) -> None:
    """Write the breakers that are not closed; a disk that does not take them costs three failures after a restart."""
    open_ones = {relay_id: breaker for relay_id, breaker in breakers.items() if not breaker.is_closed}
    try:
        replace_text(path, msgspec.json.encode(open_ones).decode(), mode=0o600)
    except OSError as error:
        log.warning("relays.not_remembered", reason=str(error))
