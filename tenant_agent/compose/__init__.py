"""Writes a message as bytes: a skeleton once per message, then one cheap rendering per recipient."""

from tenant_agent.compose.address import mail_address
from tenant_agent.compose.base64_lines import Base64Lines
from tenant_agent.compose.failures import Unsendable
from tenant_agent.compose.message import compile_message
from tenant_agent.compose.raw import header_of
from tenant_agent.compose.skeleton import FilePart, Piece, Skeleton, Slot

__all__ = [
    "Base64Lines",
    "FilePart",
    "Piece",
    "Skeleton",
    "Slot",
    "Unsendable",
    "compile_message",
    "header_of",
    "mail_address",
]
