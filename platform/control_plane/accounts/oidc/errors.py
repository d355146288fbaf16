"""What can go wrong with a provider, in words that help to set it right."""

from control_plane.core.errors import Refused


class ProviderUnusable(Refused):
    """Your organisation's sign-in provider cannot be used as it is: its administrator can put that right."""

    code = "provider_unusable"


class ProviderRefused(Refused):
    """Your organisation's provider did not let you in: try again, or ask its administrator."""

    code = "provider_refused"


class DepartureUnknown(Refused):
    """The way back from your provider was used already, is too old, or began in another browser: begin once more."""

    code = "departure_unknown"
