"""What can be wrong with a relay."""

from control_plane.core.errors import Conflict, Unauthenticated


class TooManyRelays(Conflict):
    """There are 50 relays already: delete one that you no longer need."""

    code = "too_many_relays"


class RelayPaused(Conflict):
    """The relay is paused: make it active first."""

    code = "relay_paused"


class UnprovenEvents(Unauthenticated):
    """The events' signature is missing or wrong: see that the provider's key is stored with the relay."""

    code = "events_not_proven"
