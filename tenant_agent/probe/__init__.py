"""The mail by which a node shows that mail leaves it: sent once through its own Postfix, and followed to its end."""

from tenant_agent.probe.mail import Departure, departure
from tenant_agent.probe.prober import Prober

__all__ = ["Departure", "Prober", "departure"]
