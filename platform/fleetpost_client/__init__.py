"""The Fleetpost API for Python programs: `Client(url, key).send_message(types.NewMessage(…))`."""

from fleetpost_client import types
from fleetpost_client.client import AsyncClient, Client
from fleetpost_client.transport import Refused

__all__ = ["AsyncClient", "Client", "Refused", "types"]
