"""Chooses the way out of each mail: by pool, class of provider, warm-up, what providers answered, and relays."""

from tenant_agent.assignment import NEVER, Assignment
from tenant_agent.route.decision import Wait
from tenant_agent.route.providers import Providers
from tenant_agent.route.router import Router

__all__ = ["NEVER", "Assignment", "Providers", "Router", "Wait"]
