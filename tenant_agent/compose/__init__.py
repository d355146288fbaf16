"""Writes a message as bytes: a skeleton once per message, then one cheap rendering per recipient."""

from tenant_agent.compose.address import mail_address
from tenant_agent.compose.failures import Unsendable
from tenant_agent.compose.message import compile_message
from tenant_agent.compose.skeleton import Skeleton, Slot

__all__ = ["Skeleton", "Slot", "Unsendable", "compile_message", "mail_address"]
