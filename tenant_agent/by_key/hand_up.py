"""How a submitted mail is handed up: as it lies on the shelf, what is known of it and then the mail."""

from tenant_agent.inbound.hand_up import Letter

MEDIA_TYPE = "application/vnd.fleetpost.submitted-mail"


def letter(written: bytes) -> Letter:
    """Post what the desk wrote."""
    return Letter({"Content-Type": MEDIA_TYPE}, written)
