"""Whether a key may be used just now, and by whom a mail may be written: pure, with replies that say what to do."""

import ipaddress
import re
from typing import NamedTuple

from tenant_agent import wire

_UNKNOWN = "550 5.7.1 The API key that you logged in with was revoked: make another one in your settings"
_EXPIRED = "550 5.7.1 The API key that you logged in with has expired: make another one in your settings"
_SUSPENDED = "550 5.7.1 Your account is suspended: nothing is sent until your provider resumes it"
_MOST_SHOWN = 100
_NOT_SHOWN = re.compile(r"[^a-z0-9.:_-]")


class SmtpKey(NamedTuple):
    """A key that is in force, and whose it is."""

    tenant_id: str
    item: wire.SmtpKeyItem


def objection_to_key(key: SmtpKey | None, client: str, now_ms: int) -> str | None:
    """Give the reply to whoever logged in with a key that is not good any more, or not from there."""
    if key is None:
        return _UNKNOWN
    if not key.item.enabled:
        return _SUSPENDED
    if key.item.expires_at_ms is not None and key.item.expires_at_ms <= now_ms:
        return _EXPIRED
    if not _is_from(client, key.item.allowed_networks):
        return f"550 5.7.1 This API key may not be used from {_shown(client)}: name that network among the key's"
    return None


def objection_to_author(key: SmtpKey, domain: str, owner: str | None) -> str | None:
    """Give the reply to a mail whose author's domain is somebody else's, or not among the key's."""
    if owner != key.tenant_id:
        return (
            f"550 5.7.1 You may not write as {_shown(domain)}:"
            " it is no proven domain of your account, add it there first"
        )
    if key.item.allowed_domains and domain not in key.item.allowed_domains:
        return f"550 5.7.1 This API key may not write as {_shown(domain)}: name that domain among the key's"
    return None


def _is_from(client: str, networks: tuple[str, ...]) -> bool:
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(client)
        return any(address in ipaddress.ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


def _shown(text: str) -> str:
    """Write what somebody else wrote as it may stand in a reply."""
    return _NOT_SHOWN.sub("?", text.lower()[:_MOST_SHOWN]) or "nobody"
