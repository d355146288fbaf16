"""The differences between a domain's records and a provider's zone, decided purely: what is done to each record set."""

from control_plane.dns_publishing.plan.compare import compare
from control_plane.dns_publishing.plan.steps import Action, Step, StepStatus, proposal

__all__ = ["Action", "Step", "StepStatus", "compare", "proposal"]
