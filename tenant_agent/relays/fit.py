"""What a relay's item must be like before its words reach Postfix: checked here again, whoever sent it."""

from tenant_agent import identifiers, wire
from tenant_agent.identifiers import Unfit

PORTS = frozenset({25, 465, 587, 2465, 2525, 2587})
_LONGEST_CREDENTIAL = 1000


def check(relay: wire.RelayItem) -> None:
    """Refuse an item that would connect or log in otherwise than it says; raises `Unfit`."""
    identifiers.domain(relay.host)
    if relay.host.rpartition(".")[2].isdigit():
        raise Unfit("an address has no certificate: name the host")
    if relay.port not in PORTS:
        raise Unfit(f"{relay.port} is not a port that mail is submitted to")
    if not 1 <= relay.weight <= 1000:
        raise Unfit(f"{relay.weight} is not a weight from 1 to 1000")
    for what, text in (("user name", relay.username), ("password", relay.password)):
        if not text or len(text) > _LONGEST_CREDENTIAL or not text.isprintable() or not text.isascii():
            raise Unfit(f"the {what} is not one line of printable ASCII")
    if ":" in relay.username:  # it ends the user name in what Postfix is told
        raise Unfit("the user name holds a colon")
